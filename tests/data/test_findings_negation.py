"""Sentences as cardiologists write them: what is stated, what is denied, what is doubted."""

from itertools import product

import pytest

from data.findings import extract, to_english
from data.findings.context import cue_phrases

# sentence: statements that it affirms, "~" those it denies, "?" behind what is probable, "??" behind what is only possible
SENTENCES = [
    # English
    ("Atrial fibrillation with rapid ventricular response.", "AFIB"),
    ("No atrial fibrillation.", "~AFIB"),
    ("Sinus rhythm without evidence of atrial fibrillation.", "SR ~AFIB"),
    ("No evidence of acute myocardial infarction or left ventricular hypertrophy, left bundle branch block.", "~LVH CLBBB"),
    ("No ST elevation, LBBB.", "~STE_ CLBBB"),
    ("No ST elevation, ST depression or T wave inversion.", "~STE_ ~STD_ ~INVT"),
    ("No ST elevation but ST depression in V4-V6.", "~STE_ STD_"),
    ("No ST elevation. ST depression in V4-V6.", "~STE_ STD_"),
    ("Left bundle branch block is not present.", "~CLBBB"),
    ("LVH is absent.", "~LVH"),
    ("Neither ST elevation nor ST depression.", "~STE_ ~STD_"),
    ("Old inferior infarct cannot be excluded.", "IMI??"),
    ("Cannot rule out anteroseptal infarct.", "ASMI??"),
    ("Possible left atrial enlargement.", "LAO/LAE??"),
    ("Probable LVH.", "LVH?"),
    ("LVH?", "LVH??"),
    ("?old inferior infarct", "IMI??"),
    ("Q waves in II, III, aVF consistent with old inferior myocardial infarction.", "QWAVE IMI?"),
    ("Anterior infarct, probably old.", "AMI"),
    ("Inferior infarction has been ruled out.", "~IMI"),
    ("Inferior infarction is not ruled out.", "IMI??"),
    ("Atrial flutter is unlikely.", "~AFLT"),
    ("No longer in atrial fibrillation, now sinus rhythm.", "~AFIB SR"),
    ("No change in the left bundle branch block.", "CLBBB"),
    ("No significant change: right bundle branch block persists.", "CRBBB"),
    ("No definite evidence of inferior infarction.", "~IMI"),
    ("No suspicion of atrial flutter.", "~AFLT"),
    ("Premature atrial contraction(s). Otherwise normal ECG.", "PAC NORM??"),
    ("Not a normal ECG.", "~NORM"),
    ("Incomplete right bundle branch block.", "IRBBB"),
    ("Left bundle branch block, this is most commonly due to ischaemic heart disease.", "CLBBB"),
    ("First-degree AV block, no second degree AV block.", "1AVB ~2AVB"),
    ("ST segments are depressed in I, aVL. This may be due to LV strain or ischaemia.", "STD_ ISC_??"),
    ("Old posterior infarction.", "PMI"),
    ("Non-specific ST and T wave changes.", "NST_"),
    ("Nonspecific ST-T abnormalities.", "NST_"),
    # as electrocardiographs of the United States write
    ("Normal sinus rhythm\nAbnormal ECG", "SR"),
    ("Sinus rhythm with 1st degree A-V block\nLeft axis deviation", "SR 1AVB"),
    ("Sinus rhythm with frequent premature ventricular complexes", "SR PVC"),
    ("Sinus rhythm with occasional premature supraventricular complexes", "SR PAC"),
    ("Atrial flutter with 2:1 A-V block", "AFLT 2AVB"),
    ("ST elevation, consider inferior injury or acute infarct", "STE_ IMI?? INJIN??"),
    ("Cannot rule out anterior infarct, age undetermined", "AMI??"),
    ("T wave abnormality, consider lateral ischemia", "TAB_ ISCLA??"),
    ("Minimal voltage criteria for LVH, may be normal variant", "LVH?? VCLVH"),
    ("Electronic ventricular pacemaker", "PACE"),
    # as the Lobachevsky database words its diagnoses
    ("Undefined ischemia/scar/supp.NSTEMI: anterior wall.", "AMI?? ISCAN??"),
    ("Undefined ischemia/scar/supp.NSTEMI: apical.", "ISC_??"),
    ("Ischemia: inferior wall.", "ISCIN"),
    ("Scar formation: posterior wall.", "PMI"),
    ("STEMI: septal.", "ASMI"),
    ("III degree AV-block.", "3AVB"),
    ("Biventricular pacing.", "PACE"),
    # German
    ("Inferiorer STEMI.", "IMI"),
    ("Kein anteriorer STEMI.", "~AMI"),
    ("Posteriorer Infarkt.", "PMI"),
    ("Vorhofflimmern.", "AFIB"),
    ("Kein Vorhofflimmern.", "~AFIB"),
    ("Sinusrhythmus, kein Hinweis auf Infarkt oder Linkshypertrophie.", "SR ~LVH"),
    ("Kein Hinweis auf Ischämie.", "~ISC_"),
    ("Kein AV-Block I, Linksschenkelblock oder Linkshypertrophie.", "~1AVB ~CLBBB ~LVH"),
    ("Keine ST-Hebung, aber ST-Senkung in V5.", "~STE_ STD_"),
    ("Weder ST-Hebung noch ST-Senkung.", "~STE_ ~STD_"),
    ("Ohne ST-Hebung und ST-Senkung.", "~STE_ ~STD_"),
    ("inferiorer myokardschaden nicht auszuschliessen", "IMI??"),
    ("Inferiorer Infarkt kann nicht ausgeschlossen werden.", "IMI??"),
    ("Inferiorer Infarkt ausgeschlossen.", "~IMI"),
    ("linkshypertrophie möglich st & t abnorm", "LVH?? TAB_"),
    ("verdacht auf p-sinistrocardiale lagetyp normal periphere niederspannung", "LAO/LAE?? LVOLT"),
    ("V.a. Linkshypertrophie, Rechtsschenkelblock", "LVH?? CRBBB"),
    ("qrs(t) abnorm    inferiorer infarkt     wahrscheinlich alt", "ABQRS IMI"),
    ("st & t abnorm, wahrscheinlich    anterolaterale ischämie oder linksbelastung", "TAB_ ISCAL?"),
    ("Linksschenkelblock nicht nachweisbar.", "~CLBBB"),
    ("Kein sicherer Rechtsschenkelblock.", "~CRBBB"),
    ("Sinusbradykardie, sonst normales EKG.", "SBRAD NORM??"),
    ("Kein Infarkt, sonst Linksschenkelblock.", "CLBBB"),
    ("Linkshypertrophie unwahrscheinlich.", "~LVH"),
    ("Supraventrikuläre Extrasystole(n), kein Bigeminus", "PAC ~BIGU"),
    ("sinusrhythmus UNVOLLSTÄNDIGER rechtsschenkelblock", "SR IRBBB"),
    # Swedish
    ("Förmaksextraslag, inga kammarextrasystolier.", "PAC ~PVC"),
    ("Främre vänstersidigt fascikelblock.", "LAFB"),
    ("Inga p-vågor, låga QRS-amplituder.", "LVOLT"),
    ("Inga p-vågor låga QRS-amplituder.", "LVOLT"),
    ("Vänster främre fascikelblock.", "LAFB"),
    ("Förmaksflimmer.", "AFIB"),
    ("Inget förmaksflimmer.", "~AFIB"),
    ("Sinusrytm utan tecken på ischemi.", "SR ~ISC_"),
    ("Inga hållpunkter för vänsterkammarhypertrofi eller förmaksfladder.", "~LVH ~AFLT"),
    ("inferior myokardskada kan ej uteslutas", "IMI??"),
    ("Inferior infarkt kan inte uteslutas.", "IMI??"),
    ("hög lateral infarkt bör övervägas", "LMI??"),
    ("misstänkt vänster kammarhypertrofi", "LVH??"),
    ("anteroseptal infarkt sannolikt äldre", "ASMI"),
    ("Ingen ST-höjning men ST-sänkning i V5.", "~STE_ STD_"),
    ("Varken ST-höjning eller ST-sänkning.", "~STE_ ~STD_"),
    ("sinusrytm vänster el-axel eljest normalt ekg", "SR NORM??"),
    ("Ej AV-block I.", "~1AVB"),
    ("inga tecken på ischemi eller myokardskada", "~ISC_"),
]


def told(text: str) -> str:
    """The findings of a text in the notation of the table."""
    mark = {"certain": "", "probable": "?", "possible": "??"}
    return " ".join(f"~{finding.code}" if finding.negated else finding.code + mark[finding.certainty] for finding in extract(text))


@pytest.mark.parametrize(("sentence", "expected"), SENTENCES, ids=[sentence[:50] for sentence, _ in SENTENCES])
def test_sentence_is_understood(sentence: str, expected: str) -> None:
    assert told(sentence) == expected


@pytest.mark.parametrize(("sentence", "expected"), SENTENCES, ids=[sentence[:50] for sentence, _ in SENTENCES])
def test_writing_in_capitals_changes_nothing(sentence: str, expected: str) -> None:
    assert told(sentence.upper()) == expected


@pytest.mark.parametrize(("sentence", "expected"), SENTENCES, ids=[sentence[:50] for sentence, _ in SENTENCES])
def test_the_english_says_the_same(sentence: str, expected: str) -> None:
    assert told(to_english(sentence)) == expected


@pytest.mark.parametrize(("language", "finding"), [("de", "Linksschenkelblock"), ("sv", "Vänstergrenblock")])
def test_no_denial_or_doubt_is_lost_in_translation(language: str, finding: str) -> None:
    cues = [(cue, kind.side) for cue, kind in cue_phrases() if kind.language == language and kind.meaning not in ("none", "end")]
    spelt = [(" ".join(spelling), side) for cue, side in cues for spelling in product(*(word.split("|") for word in cue.split()))]
    sentences = [f"{finding} {cue}" if side == "after" else f"{cue} {finding}" for cue, side in spelt]

    assert [text for text in sentences if told(to_english(text, language=language)) != told(text)] == []
