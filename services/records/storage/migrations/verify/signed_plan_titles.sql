SELECT clinic_id, soap_chart_id, kind_id, text, title, position FROM shown_plan_sections WHERE false;
SELECT signed_title, signed_position FROM plan_sections WHERE false;
SELECT kind_ids, titles, texts, plan_hidden FROM treatment_plans WHERE false;
SELECT 1 / (has_column_privilege(:'app_role', 'plan_sections', 'signed_title', 'UPDATE')
            AND NOT has_column_privilege(:'app_role', 'plan_sections', 'text', 'UPDATE'))::int;
