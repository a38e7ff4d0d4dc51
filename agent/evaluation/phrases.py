"""Sentences as a language model may write them, to be filled with findings `f`, cases `n` and numbers: true ones, then lies."""

TRUE_OF_ONE = (
    "Case {n} reports {f} [{n}].", "The report of case {n} describes {f} [{n}].", "According to its report, case {n} had {f} [{n}].",
    "In case {n} the report mentions {f} [{n}].", "{F} is stated in the report of case {n} [{n}].", "Case {n} was read as {f} [{n}].",
    "The reading physician noted {f} in case {n} [{n}].", "{F} was reported for case {n} [{n}].",
)  # fmt: skip
TRUE_OF_SOME = (
    "{F} is reported in {cases} {cites}.", "{Cases} report {f} {cites}.", "{count} of the {k} closest cases report {f} {cites}.",
    "{Count} of the {k} cases mention {f} {cites}.", "The reports of {cases} describe {f} {cites}.",
    "{F} was found in {count} of the {k} cases shown, according to their reports {cites}.",
)  # fmt: skip
TRUE_DENIALS = (
    "Case {n} does not report {f} [{n}].", "No {f} is stated in case {n} [{n}].", "The report of case {n} does not mention {f} [{n}].",
    "In case {n} there is no report of {f} [{n}].",
)  # fmt: skip
TRUE_HEDGES = (
    "Case {n} reports possible {f} [{n}].", "{F} was considered possible in the report of case {n} [{n}].",
    "The report of case {n} mentions possible {f} [{n}].",
)  # fmt: skip
OF_THIS_ECG = (
    "This ECG has a {name} of {value}.", "Your ECG: {name} {value}.", "The {name} of this ECG is {value}.",
    "On this ECG the {name} was measured as {value}.", "Measured on the new ECG: {name} {value}.",
)  # fmt: skip
NEGATED = (
    "Case {n} reports no {f} [{n}].", "The report of case {n} excludes {f} [{n}].", "Case {n} does not show {f} [{n}].",
    "{F} is absent in case {n} [{n}].", "There is no {f} in case {n}, says its report [{n}].",
    "Case {n} was reported without {f} [{n}].",
    "The report of case {n} denies {f} [{n}].",
)  # fmt: skip
RAISED = (
    "Case {n} reports {f} [{n}].", "Case {n} reports definite {f} [{n}].", "The report of case {n} confirms {f} [{n}].",
    "{F} is certain in case {n}, as its report says [{n}].", "Case {n} clearly shows {f} [{n}].",
    "The report states {f} in case {n} [{n}].",
)  # fmt: skip
UNCITED = (
    "Several cases report {f}.", "The rhythm strip is consistent with {f}.", "Most of the closest cases report {f}.", "There is {f}.",
    "Findings: {f}.", "{F} was reported in the past cases.", "The closest cases point to {f}.", "Case {n} reports {f}.",
    "The picture is typical of {f}.", "Overall, {f} is the leading impression.",
)  # fmt: skip
AS_THIS_ECG = (
    "This ECG shows {f} [{n}].", "Your ECG shows {f}, as in case {n} [{n}].", "The patient has {f} [{n}].", "You have {f} [{n}].",
    "Like case {n}, this ECG shows {f} [{n}].", "The present recording is consistent with {f} [{n}].", "{F} is present in this ECG [{n}].",
    "In this ECG {f} can be seen, as reported in case {n} [{n}].", "The ECG at hand shows {f} [{n}].",
    "The uploaded tracing has {f} [{n}].",
    "The current ECG has the same {f} as case {n} [{n}].", "Impression: {f} [{n}].", "The query ECG, too, reports {f} [{n}].",
    "This patient suffers from {f}, as the reports of similar cases say [{n}].", "The new ECG therefore has {f} [{n}].",
    "Your report reads “{report}” [{n}].", "This ECG: “{report}” [{n}].", "This ECG is of a {age}-year-old {sex} [{n}].",
    "You are {age} years old, like the patient of case {n} [{n}].",
)  # fmt: skip
STRANGE = (  # terms that no report of the library need have, beyond the vocabulary
    "Brugada pattern", "hyperkalaemia", "pericarditis", "pulmonary embolism", "early repolarisation", "takotsubo cardiomyopathy",
    "delta waves", "Wellens syndrome", "electrical alternans", "dextrocardia", "Osborn waves", "an epsilon wave", "hypocalcaemia",
    "myocarditis",
    "hypothermia", "sick sinus syndrome", "an S1Q3T3 pattern", "amyloidosis", "limb lead reversal", "ventricular fibrillation",
    "torsade de pointes", "junctional rhythm", "U waves", "an idioventricular rhythm", "asystole",
)  # fmt: skip
NUMBERS = (
    "Case {n} had a heart rate of {rate}/min [{n}].", "Case {n} is a {wrong_age}-year-old patient [{n}].",
    "Case {n} has a similarity of {similarity} [{n}].", "{wrong_count} of the {k} closest cases report {f} {cites}.",
    "{percent} % of the closest cases report {f} {cites}.", "The ST segment of this ECG is raised by {mm} mm.",
    "The report of case {n} gives a QRS duration of {qrs} ms [{n}].", "The R wave in V5 of this ECG measures {mv} mV.",
)  # fmt: skip
