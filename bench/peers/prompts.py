"""The peer of bench/prompts.ts: DICOM JSON headers on stdin, the paper's echocardiogram sentences by string.Template.

Prints the milliseconds of each repeat as JSON; parsing the JSON into pydicom data sets is not counted.
"""

import json
import re
import sys
import time
from string import Template

from pydicom.dataset import Dataset

ENDS = ("of the heart", "in the cardiac ultrasound")
TYPES = {
    "p1": "$label {end}.",
    "p2": "$label in $view view {end}.",
    "p3": "$label in $view view {end} at end of the $cycle cycle.",
    "p4": "$label in $view view {end} at end of the $cycle cycle of a $sex.",
    "p5": "$label in $view view {end} at end of the $cycle cycle of a $age-year-old $sex.",
}
TEMPLATES = {key: [Template(words.format(end=end)) for end in ENDS] for key, words in TYPES.items()}
SMALL = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
         "seventeen eighteen nineteen").split()
TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()


def words(age: int) -> str:
    if age < 20:
        return SMALL[age]
    tens, unit = divmod(age, 10)
    return f"{TENS[tens]}-{SMALL[unit]}" if unit else TENS[tens]


def prompts(ds: Dataset) -> dict[str, list[str]]:
    age = re.fullmatch(r"(\d{3})Y?", str(ds.get("PatientAge", "")))
    values = {
        "label": "Left ventricular cavity",
        "view": {"A4C": "four-chamber", "A2C": "two-chamber"}.get(str(ds.SeriesDescription).split()[0], "some"),
        "cycle": "systole" if ds.CardiacCyclePosition == "END_SYSTOLE" else "diastole",
        "sex": {"M": "male", "F": "female"}.get(str(ds.PatientSex).strip().upper(), "person"),
        "age": words(int(age[1])) if age else "",
    }
    return {key: [template.substitute(values) for template in templates] for key, templates in TEMPLATES.items()}


def main() -> None:
    headers = [Dataset.from_json(line) for line in sys.stdin if line.strip()]
    times = []
    for _ in range(int(sys.argv[1])):
        start = time.perf_counter()
        for header in headers:
            prompts(header)
        times.append((time.perf_counter() - start) * 1000)
    print(json.dumps(times))


if __name__ == "__main__":
    main()
