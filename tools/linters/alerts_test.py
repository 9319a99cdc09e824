"""What the check of alerts and playbooks refuses."""

import unittest

from linters import alerts

PAGE = "**Means.** **Look.** **Do.** **Over.**"


def rules(expression: str = "outbox_dead > 0", page: str = "docs/playbooks/dead.md") -> dict:
    """One alert."""
    return {"groups": [{"rules": [{"alert": "Dead", "expr": expression, "annotations": {"playbook": page}}]}]}


class AlertsTest(unittest.TestCase):
    """Each rule."""

    def setUp(self) -> None:
        self.pages = {"README.md": "Dead: [dead](dead.md)", "dead.md": PAGE}

    def found(self, the_rules: dict) -> list[str]:
        registered = alerts.Registered()
        registered.read('AddGauge("outbox_dead", "x", {{"topic", topic}}); name = "messaging"; ring = "audit";')
        return alerts.check(the_rules, self.pages, registered)

    def test_what_fits_is_accepted(self) -> None:
        self.assertEqual(self.found(rules()), [])

    def test_a_metric_that_nobody_has_is_found(self) -> None:
        self.assertEqual(self.found(rules("outbox_deed > 0")), ["Dead: there is no metric outbox_deed"])
        self.assertEqual(self.found(rules("1 > 0")), ["Dead: reads no metric"])

    def test_a_label_or_value_that_nobody_has_is_found(self) -> None:
        self.assertEqual(self.found(rules('outbox_dead{job!="messaging", topic=~"audit|.*x"} > 0')), [])
        self.assertEqual(self.found(rules('outbox_dead{topics="audit"} > 0')), ["Dead: outbox_dead has no label topics"])
        self.assertEqual(self.found(rules('outbox_dead{topic=~"audit|audits"} > 0')), ["Dead: outbox_dead has no topic audits"])
        self.assertEqual(self.found(rules('outbox_dead{job!="mesaging"} > 0')), ["Dead: outbox_dead has no job mesaging"])

    def test_a_missing_page_is_found(self) -> None:
        del self.pages["dead.md"]
        self.assertEqual(self.found(rules()), ["Dead: there is no page docs/playbooks/dead.md"])

    def test_a_page_without_an_alert_is_found(self) -> None:
        self.pages["lost.md"] = PAGE
        self.assertEqual(self.found(rules()), ["docs/playbooks/lost.md: no alert links it",
                                               "docs/playbooks/lost.md: is not in the index"])

    def test_an_alert_that_the_index_leaves_out_is_found(self) -> None:
        self.pages["README.md"] = "[dead](dead.md)"
        self.assertEqual(self.found(rules()), ["Dead: is not in the index docs/playbooks/README.md"])

    def test_a_page_says_all_four_things(self) -> None:
        self.pages["dead.md"] = PAGE.replace("**Over.**", "")
        self.assertEqual(self.found(rules()), ["docs/playbooks/dead.md: does not say **Over.**"])

    def test_metrics_are_read_from_expressions(self) -> None:
        expression = (
            'histogram_quantile(0.99, sum by (job, le) (rate(a_bucket{method!~".*Watch.*"}[10m]))) > 1 and '
            'count by (id) (b{ring="x"} == 1) < scalar(count(c)) unless on (id) up == 0'
        )
        self.assertEqual(alerts.metrics_of(expression), {"a_bucket", "b", "c", "up"})

    def test_metrics_and_labels_are_read_from_sources(self) -> None:
        registered = alerts.Registered()
        registered.read('m.AddCounter(\n    "a_total", "x", {{"kind", f(k)}}); m.AddLatencies("b", "y"); Log("c", {{"d", e}});')
        registered.read('const Labels labels = {{"ring", ring},\n {"id", id}}; m.AddGauge("e", "z", labels); m.AddGauge("f", "z");')
        self.assertEqual(registered.labels, {"a_total": {"kind"}, "b_bucket": {"le"}, "b_sum": set(), "b_count": set(),
                                             "e": {"ring", "id"}, "f": set()})


if __name__ == "__main__":
    unittest.main()
