"""The words cardiologists use, in three languages: several for each SCP-ECG statement or wording key.

Rhythms come first in a report; what else is said may come in any order. Axis words follow the habit of each language.
"""

from collections.abc import Mapping
from dataclasses import dataclass

RHYTHMS = ("NORM", "SR", "SBRAD", "STACH", "SARRH", "AFIB", "AFLT", "2AVB", "3AVB", "ventricular_escape", "PACE", "BIGU")

Phrases = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Tongue:
    """How reports are put in one language.

    Parameters
    ----------
    statements : wording key to phrases
    rate, pr, qrs, qt : with {rate}, {pr}, {qrs}, {qt}, {qtc}
    axis : words by upper limit of the axis in degrees, ascending
    absent : (what is denied, statements that forbid to deny it)
    """

    statements: Phrases
    rate: tuple[str, ...]
    pr: tuple[str, ...]
    qrs: tuple[str, ...]
    qt: tuple[str, ...]
    axis: tuple[tuple[float, tuple[str, ...]], ...]
    absent: tuple[tuple[str, tuple[str, ...]], ...]


_ISCHAEMIC = ("STE_", "NST_", "NT_", "INVT", "CLBBB", "LVH", "RVH", "PACE", "WPW", "CRBBB", "3AVB", "IMI", "ASMI", "AMI", "BIGU", "PVC")
_INFARCTS = ("IMI", "ASMI", "AMI", "STE_", "PACE", "CLBBB")
_AV_BLOCKS = ("1AVB", "2AVB", "3AVB", "PACE", "AFIB", "AFLT", "WPW")
_ECTOPY = ("PAC", "PVC", "BIGU")
_BLOCKS = ("CRBBB", "IRBBB", "CLBBB", "LAFB", "PACE", "WPW", "3AVB")

ENGLISH = Tongue(
    statements={
        "NORM": ("normal ecg", "within normal limits", "normal electrocardiogram", "ecg normal"),
        "SR": ("sinus rhythm", "regular sinus rhythm", "normal sinus rhythm", "SR"),
        "SBRAD": ("sinus bradycardia", "marked sinus bradycardia"),
        "STACH": ("sinus tachycardia", "sinus tachycardia present"),
        "SARRH": ("sinus arrhythmia", "sinus rhythm with respiratory sinus arrhythmia", "marked sinus arrhythmia"),
        "AFIB": ("atrial fibrillation", "AF", "atrial fibrillation with irregular ventricular response", "AFib, no P waves"),
        "AFLT": ("atrial flutter", "typical atrial flutter with sawtooth F waves", "atrial flutter, flutter waves in II, III, aVF"),
        "1AVB": ("first degree AV block", "1st degree AV block", "first-degree AV block with prolonged PR interval", "AV block I"),
        "2AVB": (
            "second degree AV block, Wenckebach type",
            "second degree AV block Mobitz I",
            "2nd degree AV block, type I (Wenckebach)",
            "Wenckebach phenomenon, second-degree AV block",
        ),
        "3AVB": (
            "complete AV block with junctional escape rhythm",
            "third degree AV block, narrow escape rhythm",
            "complete heart block, AV dissociation",
        ),
        "ventricular_escape": (
            "complete AV block with ventricular escape rhythm",
            "third degree AV block, wide complex escape rhythm",
            "complete heart block with idioventricular escape",
        ),
        "PAC": ("premature atrial contractions", "atrial premature complexes", "premature atrial beats", "PACs", "atrial extrasystoles"),
        "PVC": (
            "premature ventricular contractions",
            "ventricular premature complexes",
            "PVCs",
            "ventricular extrasystoles",
            "premature ventricular beats",
        ),
        "BIGU": (
            "sinus rhythm, ventricular bigeminy, PVCs",
            "sinus rhythm and bigeminy with premature ventricular contractions",
            "sinus rhythm with ventricular bigeminy, frequent PVCs",
        ),
        "CRBBB": ("complete right bundle branch block", "RBBB", "right bundle branch block", "complete RBBB"),
        "IRBBB": ("incomplete right bundle branch block", "incomplete RBBB", "rSr' in V1, incomplete right bundle branch block"),
        "CLBBB": ("left bundle branch block", "complete left bundle branch block", "LBBB", "complete LBBB"),
        "LAFB": (
            "left anterior fascicular block",
            "left anterior hemiblock",
            "LAFB",
            "marked left axis deviation, left anterior fascicular block",
        ),
        "WPW": (
            "Wolff-Parkinson-White syndrome, short PR and delta waves",
            "WPW pattern",
            "ventricular pre-excitation, WPW",
            "delta waves consistent with WPW",
        ),
        "strain": (
            "left ventricular hypertrophy with strain pattern",
            "LVH with secondary repolarisation changes",
            "left ventricular hypertrophy by voltage criteria with strain",
        ),
        "LVH": ("left ventricular hypertrophy", "LVH by voltage criteria", "voltages suggest left ventricular hypertrophy", "LVH"),
        "RVH": (
            "right ventricular hypertrophy",
            "RVH, tall R in V1",
            "right axis deviation, right ventricular hypertrophy",
            "RVH with strain",
        ),
        "IMI": (
            "old inferior myocardial infarction",
            "old inferior infarct, Q waves in II, III, aVF",
            "inferior infarction, old",
            "Q waves in III and aVF consistent with old inferior MI",
        ),
        "ASMI": (
            "old anteroseptal myocardial infarction",
            "anteroseptal infarct, old",
            "QS in V1-V3, old anteroseptal infarction",
            "old anteroseptal MI with poor R progression",
        ),
        "acute_inferior": (
            "ST elevation in II, III, aVF, acute inferior myocardial infarction",
            "acute inferior infarct with ST elevation and reciprocal ST depression in aVL",
            "inferior STEMI with ST elevation in II, III and aVF",
        ),
        "acute_anterior": (
            "ST elevation in V1-V4, acute anterior myocardial infarction",
            "acute anterior infarct with ST elevation in V2-V4",
            "anterior STEMI with marked ST elevation in V1-V4",
        ),
        "NST_": (
            "non-specific ST-T changes",
            "non-specific ST changes",
            "minor non-specific ST-T wave changes",
            "nonspecific ST-T wave changes",
        ),
        "INVT": (
            "T wave inversion in I, aVL, V3-V6",
            "inverted T waves in the lateral leads",
            "T waves are inverted in I, V4-V6",
            "T inversion V4-V6",
        ),
        "LNGQT": ("prolonged QT interval", "long QT", "QT prolongation", "long QT interval"),
        "LVOLT": ("low voltage", "low QRS voltage", "low QRS voltages in limb and chest leads", "low voltage QRS"),
        "PACE": (
            "ventricular pacing",
            "paced rhythm, pacemaker spikes",
            "ventricular paced rhythm",
            "pacemaker rhythm with ventricular capture",
        ),
    },
    rate=("rate {rate}/min", "{rate} bpm", "heart rate {rate}/min", "at {rate}/min", "HR {rate}", "ventricular rate {rate} bpm"),
    pr=("PR {pr} ms", "PR interval {pr} ms"),
    qrs=("QRS {qrs} ms", "QRS duration {qrs} ms"),
    qt=("QT {qt} ms, QTc {qtc} ms", "QT/QTc {qt}/{qtc} ms", "QTc {qtc} ms"),
    axis=(
        (-30, ("left axis deviation", "axis {axis} degrees")),
        (90, ("normal axis", "axis {axis} degrees", "axis normal")),
        (180, ("right axis deviation", "axis {axis} degrees")),
    ),
    absent=(
        ("no acute ST changes", _ISCHAEMIC),
        ("no signs of ischaemia", _ISCHAEMIC),
        ("no evidence of previous infarction", (*_INFARCTS, "WPW")),
        ("no ST elevation", ("STE_", "CLBBB", "PACE", "3AVB", "LVH", "ASMI", "PVC", "BIGU")),
        ("no AV block", _AV_BLOCKS),
        ("no ectopy", _ECTOPY),
        ("no extrasystoles", _ECTOPY),
        ("no bundle branch block", _BLOCKS),
        ("no atrial fibrillation", ("AFIB", "AFLT", "PACE")),
        ("no LVH", ("LVH", "CLBBB", "PACE", "3AVB", "WPW")),
    ),
)

GERMAN = Tongue(
    statements={
        "NORM": ("normales EKG", "EKG unauffällig", "Normalbefund", "sonst normales EKG"),
        "SR": ("Sinusrhythmus", "normofrequenter Sinusrhythmus", "regelmäßiger Sinusrhythmus", "SR"),
        "SBRAD": ("Sinusbradykardie", "bradykarder Sinusrhythmus"),
        "STACH": ("Sinustachykardie", "tachykarder Sinusrhythmus"),
        "SARRH": ("Sinusarrhythmie", "respiratorische Sinusarrhythmie", "Sinus Arrhythmie"),
        "AFIB": ("Vorhofflimmern", "VHF", "absolute Arrhythmie bei Vorhofflimmern", "Vorhofflimmern mit unregelmäßiger Überleitung"),
        "AFLT": ("Vorhofflattern", "typisches Vorhofflattern mit Sägezahnmuster"),
        "1AVB": ("AV-Block I. Grades", "AV-Block 1. Grades", "AV-Block I°", "A-V Block I"),
        "2AVB": ("AV-Block II. Grades Typ Wenckebach", "AV-Block II°, Wenckebach-Periodik", "AV-Block 2. Grades, Mobitz I"),
        "3AVB": ("AV-Block III. Grades mit junktionalem Ersatzrhythmus", "totaler AV-Block, AV-Dissoziation", "kompletter AV-Block"),
        "ventricular_escape": ("AV-Block III. Grades mit ventrikulärem Ersatzrhythmus", "totaler AV-Block mit Kammerersatzrhythmus"),
        "PAC": ("supraventrikuläre Extrasystolen", "SVES", "Vorhofextrasystolen", "supraventrikuläre Extrasystole(n)"),
        "PVC": ("ventrikuläre Extrasystolen", "VES", "ventrikuläre Extrasystole(n)", "monomorphe ventrikuläre Extrasystolen"),
        "BIGU": (
            "Sinusrhythmus, ventrikulärer Bigeminus, ventrikuläre Extrasystolen",
            "Sinusrhythmus mit Bigeminus durch ventrikuläre Extrasystolen",
        ),
        "CRBBB": ("kompletter Rechtsschenkelblock", "Rechtsschenkelblock", "kompletter RSB", "vollständiger Rechtsschenkelblock"),
        "IRBBB": ("inkompletter Rechtsschenkelblock", "unvollständiger Rechtsschenkelblock", "inkompletter RSB"),
        "CLBBB": ("kompletter Linksschenkelblock", "Linksschenkelblock", "kompletter LSB", "vollständiger Linksschenkelblock"),
        "LAFB": ("linksanteriorer Hemiblock", "überdrehter Linkstyp, linksanteriorer Hemiblock", "LAHB", "links anteriorer Hemiblock"),
        "WPW": ("WPW-Syndrom", "Präexzitation mit Delta-Welle, WPW", "verkürzte PQ-Zeit und Delta-Welle, WPW-Syndrom"),
        "strain": (
            "Linkshypertrophie mit Erregungsrückbildungsstörung",
            "linksventrikuläre Hypertrophie mit Linksbelastung",
            "LVH mit Strain",
        ),
        "LVH": ("Linkshypertrophie", "linksventrikuläre Hypertrophie", "LVH", "Zeichen der Linkshypertrophie"),
        "RVH": ("Rechtshypertrophie", "rechtsventrikuläre Hypertrophie", "RVH, hohes R in V1"),
        "IMI": ("alter inferiorer Infarkt", "Z.n. Hinterwandinfarkt, Q in II, III, aVF", "inferiorer Infarkt, wahrscheinlich alt"),
        "ASMI": ("alter anteroseptaler Infarkt", "anteroseptaler Infarkt, alt, QS in V1-V3", "anteroseptaler Infarkt chronisch"),
        "acute_inferior": (
            "ST-Hebung in II, III, aVF, akuter inferiorer Infarkt",
            "akuter Hinterwandinfarkt mit ST-Hebungen in II, III, aVF",
        ),
        "acute_anterior": (
            "ST-Hebung in V1-V4, akuter Vorderwandinfarkt",
            "akuter Vorderwandinfarkt mit ST-Hebungen in V2-V4",
        ),
        "NST_": ("unspezifische ST-T-Veränderungen", "unspezifische ST-Veränderungen", "unspezifische ST-Streckenveränderungen"),
        "INVT": ("T-Negativierung in I, aVL, V3-V6", "T negativ in V4-V6", "T-Wellen negativ in I, V3-V6", "T-Inversion V4-V6"),
        "LNGQT": ("QT-Verlängerung", "verlängerte QT-Zeit", "Long-QT", "QT-Zeit verlängert"),
        "LVOLT": ("Niederspannung", "periphere Niederspannung", "Niedervoltage", "low voltage"),
        "PACE": ("Schrittmacher-EKG", "Schrittmacherrhythmus, ventrikuläre Stimulation", "ventrikulärer Schrittmacherrhythmus"),
    },
    rate=("Frequenz {rate}/min", "HF {rate}/min", "{rate}/min", "Kammerfrequenz {rate}/min"),
    pr=("PQ {pr} ms", "PQ-Zeit {pr} ms"),
    qrs=("QRS {qrs} ms", "QRS-Dauer {qrs} ms"),
    qt=("QT {qt} ms, QTc {qtc} ms", "QT/QTc {qt}/{qtc} ms", "QTc-Zeit {qtc} ms"),
    axis=(
        (-30, ("überdrehter Linkstyp",)),
        (30, ("Linkstyp",)),
        (60, ("Indifferenztyp", "Lagetyp normal", "Normaltyp")),
        (90, ("Steiltyp", "Lagetyp normal")),
        (180, ("Rechtstyp",)),
    ),
    absent=(
        ("keine akuten ST-Veränderungen", _ISCHAEMIC),
        ("kein Hinweis auf Ischämie", _ISCHAEMIC),
        ("kein Hinweis auf abgelaufenen Infarkt", (*_INFARCTS, "WPW")),
        ("keine ST-Hebung", ("STE_", "CLBBB", "PACE", "3AVB", "LVH", "ASMI", "PVC", "BIGU")),
        ("kein AV-Block", _AV_BLOCKS),
        ("keine Extrasystolen", _ECTOPY),
        ("kein Schenkelblock", _BLOCKS),
        ("kein Vorhofflimmern", ("AFIB", "AFLT", "PACE")),
    ),
)

SWEDISH = Tongue(
    statements={
        "NORM": ("normalt EKG", "EKG utan anmärkning", "normal-EKG"),
        "SR": ("sinusrytm", "regelbunden sinusrytm", "normal sinusrytm"),
        "SBRAD": ("sinusbradykardi", "uttalad sinusbradykardi"),
        "STACH": ("sinustakykardi",),
        "SARRH": ("sinusarytmi", "respiratorisk sinusarytmi"),
        "AFIB": ("förmaksflimmer", "förmaksflimmer med oregelbunden kammarfrekvens"),
        "AFLT": ("förmaksfladder", "typiskt förmaksfladder med sågtandade fladdervågor"),
        "1AVB": ("AV-block I", "AV-block grad I", "första gradens AV-block"),
        "2AVB": ("AV-block II, Wenckebach", "AV-block grad II typ Wenckebach", "andra gradens AV-block, Mobitz I"),
        "3AVB": ("AV-block III med nodal ersättningsrytm", "totalt AV-block", "AV-block grad III"),
        "ventricular_escape": ("AV-block III med ventrikulär ersättningsrytm", "totalt AV-block med kammarersättningsrytm"),
        "PAC": ("supraventrikulära extraslag", "SVES", "förmaksextrasystolier"),
        "PVC": ("ventrikulära extraslag", "VES", "ventrikulära extrasystolier"),
        "BIGU": ("sinusrytm, ventrikulär bigemini, ventrikulära extraslag", "sinusrytm med bigemini, VES"),
        "CRBBB": ("högergrenblock", "komplett högergrenblock", "högersidigt skänkelblock", "RBBB"),
        "IRBBB": ("inkomplett högergrenblock", "inkomplett högersidigt skänkelblock"),
        "CLBBB": ("vänstergrenblock", "komplett vänstergrenblock", "vänstersidigt skänkelblock"),
        "LAFB": ("vänstersidigt främre fascikelblock", "vänster främre hemiblock", "vänstersidigt främre hemiblock"),
        "WPW": ("WPW-mönster med deltavåg", "preexcitation, WPW", "WPW-syndrom"),
        "strain": ("vänsterkammarhypertrofi med strain", "vänsterkammarhypertrofi med sekundära repolarisationsförändringar"),
        "LVH": ("vänsterkammarhypertrofi", "tecken på vänsterkammarhypertrofi"),
        "RVH": ("högerkammarhypertrofi", "tecken på högerkammarhypertrofi"),
        "IMI": ("gammal inferior infarkt", "gammal inferior hjärtinfarkt med Q-våg i II, III, aVF"),
        "ASMI": ("gammal anteroseptal infarkt", "gammal anteroseptal hjärtinfarkt, QS i V1-V3"),
        "acute_inferior": (
            "ST-höjning i II, III, aVF, akut inferior infarkt",
            "akut inferior hjärtinfarkt med ST-höjningar i II, III, aVF",
        ),
        "acute_anterior": ("ST-höjning i V1-V4, akut anterior infarkt", "akut framväggsinfarkt med ST-höjningar i V1-V4"),
        "NST_": ("ospecifika ST-förändringar", "ospecifika ST-T-förändringar"),
        "INVT": ("T-negativisering i I, aVL, V3-V6", "negativa T-vågor i V4-V6", "inverterade T-vågor i V4-V6"),
        "LNGQT": ("förlängd QT-tid", "lång QT-tid", "QT-förlängning"),
        "LVOLT": ("låg voltage", "lågvoltage", "låga QRS-amplituder"),
        "PACE": ("pacemakerrytm", "kammarpacing, pacemaker", "pacemaker-EKG"),
    },
    rate=("frekvens {rate}/min", "{rate}/min", "hjärtfrekvens {rate}/min"),
    pr=("PQ {pr} ms", "PQ-tid {pr} ms"),
    qrs=("QRS {qrs} ms", "QRS-bredd {qrs} ms"),
    qt=("QT {qt} ms, QTc {qtc} ms", "QTc {qtc} ms"),
    axis=(
        (-30, ("vänsterställd elaxel", "patologisk vänsterställd elaxel")),
        (90, ("normal elaxel", "normalställd elaxel")),
        (180, ("högerställd elaxel",)),
    ),
    absent=(
        ("inga akuta ST-förändringar", _ISCHAEMIC),
        ("inga tecken på ischemi", _ISCHAEMIC),
        ("inga tecken på genomgången infarkt", (*_INFARCTS, "WPW")),
        ("ingen ST-höjning", ("STE_", "CLBBB", "PACE", "3AVB", "LVH", "ASMI", "PVC", "BIGU")),
        ("inget AV-block", _AV_BLOCKS),
        ("inga extraslag", _ECTOPY),
        ("inget grenblock", _BLOCKS),
    ),
)

TONGUES: Mapping[str, Tongue] = {"en": ENGLISH, "de": GERMAN, "sv": SWEDISH}
