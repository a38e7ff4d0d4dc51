"""The kinds of ECG that are simulated, as data: a rhythm, ventricles, who has it, and the SCP-ECG statements that are true of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from data.simulated import rhythms as r
from data.simulated import ventricles as v
from data.simulated.ventricles import Range, Ventricles


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of ECG; ranges are drawn from uniformly.

    Parameters
    ----------
    statements : SCP-ECG codes as PTB-XL uses them, what is most telling first
    rate : ventricular rate per minute
    pr_ms : onset of P to onset of QRS
    qtc_ms : Fridericia
    age : years
    wording : keys of the report's phrases where they are not the statements
    """

    statements: tuple[str, ...]
    rhythm: r.Rhythm = r.sinus
    ventricles: Ventricles = v.NORMAL
    rate: Range = (60, 92)
    pr_ms: Range = (130, 188)
    qtc_ms: Range = (380, 432)
    age: Range = (20, 88)
    wording: tuple[str, ...] = ()


_OLDER: Range = (55, 92)

KINDS: Mapping[str, Kind] = {
    "normal": Kind(("NORM", "SR"), age=(18, 75)),
    "sinus bradycardia": Kind(("SBRAD",), rate=(40, 56)),
    "sinus tachycardia": Kind(("STACH",), rate=(104, 140), pr_ms=(118, 150), qtc_ms=(380, 425)),
    "sinus arrhythmia": Kind(("SARRH",), r.sinus_arrhythmia, rate=(56, 82), age=(18, 50)),
    "atrial fibrillation": Kind(("AFIB",), r.atrial_fibrillation, rate=(62, 138), age=_OLDER),
    "atrial flutter": Kind(("AFLT",), r.atrial_flutter, v.FLUTTERING, rate=(70, 155), age=_OLDER),
    "first-degree AV block": Kind(("1AVB", "SR"), pr_ms=(216, 310), rate=(55, 82), age=(40, 92)),
    "Wenckebach AV block": Kind(("2AVB",), r.wenckebach, pr_ms=(170, 230), rate=(48, 66)),
    "complete AV block": Kind(("3AVB",), r.complete_av_block, rate=(38, 52), age=_OLDER),
    "complete AV block with ventricular escape": Kind(
        ("3AVB",), r.ventricular_escape, rate=(28, 40), qtc_ms=(420, 460), age=_OLDER, wording=("ventricular_escape",)
    ),
    "premature atrial beats": Kind(("PAC", "SR"), r.premature_atrial_beats, rate=(58, 84), age=(30, 90)),
    "premature ventricular beats": Kind(("PVC", "SR"), r.premature_ventricular_beats, rate=(58, 86), age=(30, 90)),
    "ventricular bigeminy": Kind(("BIGU", "PVC", "SR"), r.ventricular_bigeminy, rate=(62, 88), age=(35, 90), wording=("BIGU",)),
    "complete right bundle branch block": Kind(("CRBBB", "SR"), ventricles=v.RIGHT_BUNDLE, qtc_ms=(410, 455), age=(40, 92)),
    "incomplete right bundle branch block": Kind(("IRBBB", "SR"), ventricles=v.INCOMPLETE_RIGHT_BUNDLE, age=(18, 80)),
    "left bundle branch block": Kind(("CLBBB", "SR"), ventricles=v.LEFT_BUNDLE, qtc_ms=(430, 470), age=_OLDER),
    "left anterior fascicular block": Kind(("LAFB", "SR"), ventricles=v.LEFT_ANTERIOR_FASCICLE, age=(40, 92)),
    "WPW": Kind(("WPW", "SR"), ventricles=v.PRE_EXCITED, pr_ms=(84, 112), qtc_ms=(400, 440), age=(18, 55)),
    "left ventricular hypertrophy with strain": Kind(
        ("LVH", "SR"), ventricles=v.LEFT_HYPERTROPHY_STRAIN, qtc_ms=(400, 445), age=(45, 90), wording=("strain", "SR")
    ),
    "left ventricular hypertrophy": Kind(("LVH", "SR"), ventricles=v.LEFT_HYPERTROPHY, age=(35, 85)),
    "right ventricular hypertrophy": Kind(("RVH", "SR"), ventricles=v.RIGHT_HYPERTROPHY, rate=(64, 98), age=(20, 80)),
    "old inferior infarction": Kind(("IMI", "SR"), ventricles=v.OLD_INFERIOR, age=(45, 90)),
    "old anteroseptal infarction": Kind(("ASMI", "SR"), ventricles=v.OLD_ANTEROSEPTAL, age=(45, 90)),
    "acute inferior ST elevation": Kind(
        ("IMI", "STE_", "SR"), ventricles=v.ACUTE_INFERIOR, rate=(52, 92), age=(40, 88), wording=("acute_inferior", "SR")
    ),
    "acute anterior ST elevation": Kind(
        ("AMI", "STE_", "SR"), ventricles=v.ACUTE_ANTERIOR, rate=(66, 104), age=(40, 88), wording=("acute_anterior", "SR")
    ),
    "non-specific ST-T changes": Kind(("NST_", "SR"), ventricles=v.NONSPECIFIC_ST_T, age=(30, 90)),
    "T-wave inversion": Kind(("INVT", "SR"), ventricles=v.INVERTED_T, qtc_ms=(400, 445), age=(35, 90)),
    "long QT": Kind(("LNGQT", "SR"), qtc_ms=(490, 570), rate=(56, 84)),
    "low voltage": Kind(("LVOLT", "SR"), ventricles=v.LOW_VOLTAGE, rate=(64, 98)),
    "ventricular pacing": Kind(("PACE",), r.ventricular_pacing, v.RIGHT_APEX, rate=(60, 78), qtc_ms=(440, 475), age=_OLDER),
    "atrial fibrillation with RBBB": Kind(
        ("AFIB", "CRBBB"), r.atrial_fibrillation, v.RIGHT_BUNDLE, rate=(60, 120), qtc_ms=(410, 455), age=_OLDER
    ),
    "atrial fibrillation with LBBB": Kind(
        ("AFIB", "CLBBB"), r.atrial_fibrillation, v.LEFT_BUNDLE, rate=(60, 115), qtc_ms=(430, 470), age=_OLDER
    ),
    "atrial fibrillation with premature ventricular beats": Kind(
        ("AFIB", "PVC"), r.fibrillation_with_ventricular_beats, rate=(62, 115), age=_OLDER
    ),
    "first-degree AV block with LAFB": Kind(
        ("1AVB", "LAFB", "SR"), ventricles=v.LEFT_ANTERIOR_FASCICLE, pr_ms=(214, 290), rate=(54, 80), age=_OLDER
    ),
    "RBBB with LAFB": Kind(("CRBBB", "LAFB", "SR"), ventricles=v.RIGHT_BUNDLE_AND_LEFT_ANTERIOR_FASCICLE, qtc_ms=(410, 455), age=_OLDER),
    "left ventricular hypertrophy with sinus bradycardia": Kind(
        ("LVH", "SBRAD"), ventricles=v.LEFT_HYPERTROPHY_STRAIN, rate=(42, 56), qtc_ms=(400, 440), age=_OLDER, wording=("strain", "SBRAD")
    ),
    "old inferior infarction with premature ventricular beats": Kind(
        ("IMI", "PVC", "SR"), r.premature_ventricular_beats, v.OLD_INFERIOR, rate=(58, 84), age=_OLDER
    ),
    "old anteroseptal infarction with first-degree AV block": Kind(
        ("ASMI", "1AVB", "SR"), ventricles=v.OLD_ANTEROSEPTAL, pr_ms=(214, 280), rate=(56, 80), age=_OLDER
    ),
    "sinus tachycardia with non-specific ST-T changes": Kind(
        ("STACH", "NST_"),
        ventricles=v.NONSPECIFIC_ST_T,
        rate=(104, 128),
        pr_ms=(118, 148),
    ),
    "atrial fibrillation with old anteroseptal infarction": Kind(
        ("AFIB", "ASMI"), r.atrial_fibrillation, v.OLD_ANTEROSEPTAL, rate=(60, 120), age=_OLDER
    ),
}
