"""The content of the demo data: one clinic, its staff, thirty patients and their charts. Nobody in it exists."""

from dataclasses import dataclass, field
from typing import Optional

PASSWORD = "willow creek demo only"
TIME_ZONE = "America/Toronto"
SLUG = "willow-creek"
CLINIC_NAME = "Willow Creek Integrative Health"
MAIL_DOMAIN = "willowcreek.example"


@dataclass(frozen=True)
class Staff:
    """A member of the clinic's staff."""

    login: str
    display_name: str
    roles: tuple[str, ...]

    @property
    def email(self) -> str:
        """Where the invitation goes."""
        return f"{self.login}@{MAIL_DOMAIN}"


OWNER = Staff("owner", "Dr. Helena Marsh, ND", ("STAFF_ROLE_OWNER", "STAFF_ROLE_PRACTITIONER"))
NATUROPATH = Staff("priya", "Dr. Priya Raman, ND", ("STAFF_ROLE_PRACTITIONER",))
PHYSIOTHERAPIST = Staff("marc-andre", "Marc-André Lavoie, PT", ("STAFF_ROLE_PRACTITIONER",))
FRONT_DESK = Staff("frontdesk", "Joana Figueiredo", ("STAFF_ROLE_FRONT_DESK",))
STAFF = (OWNER, NATUROPATH, PHYSIOTHERAPIST, FRONT_DESK)


@dataclass(frozen=True)
class Chart:
    """A SOAP chart; `plan` maps kinds of plan sections to texts."""

    author: Staff
    date: str
    plan: dict[str, str] = field(default_factory=dict)
    subjective: str = ""
    objective: str = ""
    assessment: str = ""
    locked: bool = False
    # Written with its plan, and the plan taken out again afterwards: the treatment plan is gone.
    plan_emptied: bool = False


@dataclass(frozen=True)
class Patient:
    """A patient record."""

    given_name: str
    family_name: str
    birth_date: str
    gender: str
    email: str = ""
    phone: str = ""
    street: str = ""
    city: str = "Guelph"
    postal_code: str = ""
    health_card: str = ""
    emergency: Optional[tuple[str, str, str]] = None
    notes: str = ""
    charts: tuple[Chart, ...] = ()

    @property
    def display_name(self) -> str:
        """As the clinic writes it."""
        return f"{self.given_name} {self.family_name}"


SLEEP_CHART = Chart(
    NATUROPATH,
    "2026-09-14",
    subjective="Wakes at 3 a.m. most nights since spring, mind racing about work; falls asleep without trouble. Two "
    "coffees before noon, a glass of wine most evenings. No snoring reported by partner. Energy 5/10.",
    objective="BP 124/78, HR 68 regular. Thyroid not enlarged. Ferritin 24 µg/L (12 August), TSH 2.1 mIU/L.",
    assessment="Sleep-maintenance insomnia with a stress component; low iron stores probably contribute.",
    plan={
        "products": "Iron bisglycinate 25 mg, one capsule every second day with vitamin C, away from coffee and tea.\n"
        "Magnesium glycinate 200 mg, one hour before bed.",
        "lifestyle": "No screens in the hour before bed. If awake for more than 20 minutes, get up and read in dim "
        "light until sleepy. Keep the same rising time on weekends.",
        "lab_requisitions": "Ferritin and CBC in twelve weeks.",
        "follow_up": "Six weeks.",
    },
    locked=True,
)
SLEEP_FOLLOW_UP = Chart(
    NATUROPATH,
    "2026-10-26",
    subjective="Sleeps through four nights of seven. No stomach upset from the iron. Wine on weekends only.",
    objective="BP 118/76, HR 64.",
    assessment="Improving. Continue; re-check stores in December.",
    plan={
        "products": "Continue iron every second day and magnesium at night.",
        "exercises": "Twenty minutes' walk before supper, five days a week.",
    },
)
KNEE_CHART = Chart(
    PHYSIOTHERAPIST,
    "2026-10-05",
    subjective="Right knee pain on stairs and after 20 minutes of running for two months; began after doubling "
    "distance. No locking, no giving way. Goal: 10 km race in May.",
    objective="Full ROM. Pain with resisted extension and deep squat. Patellar tilt positive, McMurray negative. Hip "
    "abduction strength 4/5 right. Single-leg squat: dynamic valgus.",
    assessment="Patellofemoral pain syndrome with hip weakness.",
    plan={
        "exercises": "Side-lying hip abduction 3 × 12 each side, daily.\nStep-downs from 15 cm, slow, 3 × 8, every "
        "second day.\nRunning: three times 15 minutes a week on flat ground, no more than 2/10 pain.",
        "procedures": "Patellar taping shown; use it for runs over 15 minutes.",
        "follow_up": "Two weeks.",
    },
    locked=True,
)
KNEE_SECOND = Chart(
    PHYSIOTHERAPIST,
    "2026-10-19",
    subjective="Stairs no longer hurt. Ran 15 minutes three times without pain.",
    objective="Hip abduction 4+/5. Single-leg squat: valgus reduced.",
    assessment="Good progress.",
    plan={"exercises": "Step-downs from 20 cm, 3 × 10. Runs to 20 minutes; add two minutes a week."},
)
PLAN_ONLY = Chart(
    NATUROPATH,
    "2026-11-02",
    plan={
        "diet": "For three weeks no dairy; note symptoms each evening in the diary. Then one glass of milk on two days "
        "in a row and note again.",
        "follow_up": "Four weeks, bring the diary.",
    },
)
NO_PLAN = Chart(
    OWNER,
    "2026-11-09",
    subjective="Came to discuss the results of last month's blood work. Feels well.",
    objective="25-OH vitamin D 82 nmol/L, HbA1c 5.4 %, lipids within range.",
    assessment="Results unremarkable. Nothing to change.",
)
EMPTIED = Chart(
    NATUROPATH,
    "2026-11-16",
    subjective="Asks whether to go on with the probiotic from last winter. No complaints.",
    objective="Abdomen soft, not tender.",
    assessment="No indication any more; product entered by mistake and taken out again.",
    plan={"products": "Multi-strain probiotic, one capsule daily."},
    plan_emptied=True,
)
LOCKED_NO_PLAN = Chart(
    PHYSIOTHERAPIST,
    "2026-08-31",
    subjective="Discharge visit after ankle sprain (left, grade I, June). Plays tennis without complaint.",
    objective="Full ROM, single-leg balance 45 s both sides.",
    assessment="Recovered; discharged.",
    locked=True,
)
ECZEMA = Chart(
    NATUROPATH,
    "2026-10-14",
    subjective="Mother reports itchy patches in both elbow folds since September, worse at night. Bath every evening.",
    objective="Dry, slightly lichenified plaques in both antecubital fossae, no crusting. Growth along the 50th "
    "centile.",
    assessment="Mild atopic dermatitis.",
    plan={
        "lifestyle": "Short lukewarm baths every second day, no soap on the patches; moisturise within three minutes.",
        "prescriptions": "Hydrocortisone 1 % ointment, thin layer on the patches twice a day, at most seven days.",
        "referrals": "To the family physician if no better in two weeks, or at once if it weeps or spreads.",
    },
    locked=True,
)
CHECK_UP = Chart(
    OWNER,
    "2026-11-18",
    subjective="Well-child visit. Sleeps ten hours, picky about vegetables, two hours of screen a day.",
    objective="Height 128 cm, weight 26 kg. Vision 20/20 both eyes. Heart and lungs normal.",
    assessment="Healthy; diet could hold more vegetables and fibre.",
    plan={
        "diet": "One new vegetable a week, offered without pressure, at the beginning of supper when hungry.",
        "lifestyle": "Screen time at most one hour on school days.",
    },
)
SHOULDER = Chart(
    PHYSIOTHERAPIST,
    "2026-11-12",
    subjective="Stiff, painful left shoulder for four months, cannot reach the back pocket. Type 2 diabetes, well "
    "kept.",
    objective="External rotation 20° (right 70°), abduction 85° with scapular hitch. Passive and active equally "
    "limited.",
    assessment="Adhesive capsulitis, frozen stage.",
    plan={
        "exercises": "Pendulum swings two minutes three times a day; table slides 2 × 15; external rotation with a "
        "stick 2 × 15. Stretch to discomfort, not to pain.",
        "procedures": "Joint mobilisation here once a week, six sessions.",
        "free_text": "Warm the shoulder for ten minutes before the exercises. Expect slow progress over months.",
    },
)
BLEND = Chart(
    OWNER,
    "2026-11-05",
    subjective="Third cold since September; cough now mostly at night. No fever, no shortness of breath.",
    objective="T 36.7 °C, SpO₂ 98 %, lungs clear. Throat slightly red.",
    assessment="Post-viral cough.",
    plan={
        "blends": "Thyme, marshmallow root and plantain in equal parts, 5 mL in warm water three times a day, ten "
        "days.",
        "follow_up": "Only if it lasts beyond three weeks, or at once with fever or shortness of breath.",
    },
)

F, M, OTHER = "ADMINISTRATIVE_GENDER_FEMALE", "ADMINISTRATIVE_GENDER_MALE", "ADMINISTRATIVE_GENDER_OTHER"
CAMILLE = ("Camille Bouchard", "mother", "+1 519 555 0101")

# The first three are one family; its account redeems a code for each of them.
PATIENTS = (
    Patient("Camille", "Bouchard", "1986-04-17", F, "camille.bouchard@example.com", "+1 519 555 0101",
            "14 Arthur St. N", postal_code="N1E 4T8", health_card="4832 917 205 KM", emergency=("Étienne Roy",
            "spouse", "+1 519 555 0102"),
            charts=(SLEEP_CHART, SLEEP_FOLLOW_UP)),
    Patient("Zoé", "Bouchard-Roy", "2018-02-09", F, phone="+1 519 555 0101", street="14 Arthur St. N",
            postal_code="N1E 4T8", health_card="7719 402 386 VB", emergency=CAMILLE, charts=(CHECK_UP,),
            notes="Needle-shy: let her choose the chair."),
    Patient("Théo", "Bouchard-Roy", "2021-10-30", M, phone="+1 519 555 0101", street="14 Arthur St. N",
            postal_code="N1E 4T8", health_card="9025 638 114 HD", emergency=CAMILLE, charts=(ECZEMA,)),
    Patient("Léa", "Tremblay", "1994-07-03", F, "lea.tremblay@example.com", "+1 519 555 0110", "220 Gordon St., Apt. 9",
            postal_code="N1G 1X5", charts=(KNEE_CHART, KNEE_SECOND)),
    Patient("François", "Tremblay", "1961-12-24", M, "f.tremblay@example.com", "+1 519 555 0111", "7 Suffolk St. W",
            postal_code="N1H 2H9", charts=(SHOULDER,)),
    Patient("Françoise", "Tremblay", "1963-03-08", F, phone="+1 519 555 0111", street="7 Suffolk St. W",
            postal_code="N1H 2H9", charts=(NO_PLAN,)),
    Patient("Wei", "Chen", "1979-01-21", M, "wei.chen@example.com", "+1 519 555 0112", "88 College Ave. W",
            postal_code="N1G 4S4", charts=(PLAN_ONLY,)),
    Patient("Mei-Ling", "Chen", "2012-06-15", F, phone="+1 519 555 0112", street="88 College Ave. W",
            postal_code="N1G 4S4", emergency=("Wei Chen", "father", "+1 519 555 0112")),
    Patient("Siobhán", "O'Brien", "1990-11-11", F, "siobhan.obrien@example.com", "+1 519 555 0113", "31 Surrey St. E",
            postal_code="N1H 3P5", charts=(EMPTIED,)),
    Patient("Patrick", "O’Brien", "1988-05-29", M, "p.obrien@example.com", "+1 519 555 0114", "31 Surrey St. E",
            postal_code="N1H 3P5", notes="Spells the name with a curly apostrophe on his card."),
    Patient("Nguyễn Thị", "Hương", "1972-08-19", F, phone="+1 226 555 0115", street="402 Speedvale Ave. E",
            postal_code="N1E 1N9", charts=(BLEND,)),
    Patient("Jürgen", "Müller", "1955-02-02", M, "j.mueller@example.com", "+1 519 555 0116", "19 Mill St. E",
            city="Fergus", postal_code="N1M 1Y9", charts=(LOCKED_NO_PLAN,)),
    Patient("Anna-Karin", "Åkesson", "1983-09-27", F, "ak.akesson@example.com", "+1 519 555 0117", "5 Dublin St. S",
            postal_code="N1H 4L3"),
    Patient("José Luis", "García Hernández", "1991-04-05", M, "jl.garcia@example.com", "+1 226 555 0118",
            "610 Woolwich St.", postal_code="N1H 3Y4", charts=(KNEE_CHART,)),
    Patient("María", "García", "1996-10-13", F, phone="+1 226 555 0118", street="610 Woolwich St.",
            postal_code="N1H 3Y4"),
    Patient("Amara", "Okonkwo", "2001-01-07", F, "amara.okonkwo@example.com", "+1 519 555 0119",
            "50 Stone Rd. E, Res. 12", postal_code="N1G 2W1", charts=(PLAN_ONLY,)),
    Patient("Chidi", "Okonkwo", "1969-06-22", M, phone="+1 519 555 0120", street="77 Bagot St.", city="Kitchener",
            postal_code="N2H 1R3"),
    Patient("Harpreet", "Singh", "1985-03-31", M, "harpreet.singh@example.com", "+1 519 555 0121",
            "128 Clairfields Dr.", postal_code="N1L 1P4", charts=(BLEND,)),
    Patient("Harpreet", "Singh", "1998-12-01", F, "h.singh98@example.com", "+1 519 555 0122", "9 Revell Dr.",
            postal_code="N1G 0A6", notes="Not to be confused with Mr. Harpreet Singh: check the birth date."),
    Patient("Gurleen", "Kaur", "2016-05-18", F, phone="+1 519 555 0121", street="128 Clairfields Dr.",
            postal_code="N1L 1P4", emergency=("Harpreet Singh", "father", "+1 519 555 0121"), charts=(CHECK_UP,)),
    Patient("Łukasz", "Wójcik", "1977-07-14", M, "l.wojcik@example.com", "+1 519 555 0123", "240 Eramosa Rd.",
            postal_code="N1E 2M7", charts=(SHOULDER,)),
    Patient("Željka", "Đorđević", "1968-11-30", F, phone="+1 519 555 0124", street="240 Eramosa Rd.",
            postal_code="N1E 2M7"),
    Patient("Ahmed", "El-Masri", "1993-02-16", M, "ahmed.elmasri@example.com", "+1 226 555 0125", "15 Kortright Rd. W",
            postal_code="N1G 3Z2", charts=(LOCKED_NO_PLAN,)),
    Patient("Yasmine", "El-Masri", "2023-08-08", F, phone="+1 226 555 0125", street="15 Kortright Rd. W",
            postal_code="N1G 3Z2", emergency=("Ahmed El-Masri", "father", "+1 226 555 0125")),
    Patient("Margaret", "MacDonald", "1938-10-04", F, phone="+1 519 555 0126", street="3 Waterloo Ave., Unit 2",
            postal_code="N1H 3H2", emergency=("Ian MacDonald", "son", "+1 519 555 0127"), charts=(SLEEP_CHART,),
            notes="Hard of hearing on the left; phone the son for bookings."),
    Patient("Ian", "Macdonald", "1965-01-25", M, "ian.macdonald@example.com", "+1 519 555 0127", "61 Grange St.",
            postal_code="N1E 2V1"),
    Patient("Skyler", "Whitefeather", "2004-09-19", OTHER, "skyler.w@example.com", "+1 226 555 0128", "18 Yarmouth St.",
            postal_code="N1H 4G3", charts=(EMPTIED,)),
    Patient("Ioannis", "Papadopoulos", "1981-05-06", M, "i.papadopoulos@example.com", "+1 519 555 0129",
            "101 Wyndham St. N", postal_code="N1H 4E9", charts=(NO_PLAN,)),
    Patient("Søren", "Østergård", "1999-03-17", M, "soren.o@example.com", "+1 226 555 0130", "44 Paisley St.",
            postal_code="N1H 2N9"),
    Patient("Noa", "Ben-David", "2009-12-12", F, phone="+1 519 555 0131", street="230 Scottsdale Dr.",
            postal_code="N1G 2K8", emergency=("Tamar Ben-David", "mother", "+1 519 555 0131"), charts=(KNEE_CHART,)),
)

# The family's account: the parent's own e-mail, and the patients it unlocks.
FAMILY_LOGIN = "camille.bouchard@example.com"
FAMILY_PATIENTS = PATIENTS[:3]
