import { type DataSet, type KeywordValues, text } from '@maskwright/dicom';

/** Body parts of which there is one (PS3.16 annex L, and what dciodvfy takes for such). */
const UNPAIRED = new Set(
  (
    'ABDOMEN ABDOMENPELVIS AORTA BACK BLADDER BRAIN CEREBELLUM CERVIX CHEST CHESTABDOMEN CHESTABDPELVIS CIRCLEOFWILLIS ' +
    'COCCYX COLON CORONARYARTERY CSPINE CTSPINE DUODENUM ESOPHAGUS FACE GALLBLADDER HEAD HEADNECK HEART ILEUM JAW JEJUNUM ' +
    'LARYNX LIVER LSPINE LSSPINE MAXILLA MEDIASTINUM MOUTH NECK NECKCHEST NECKCHESTABDOMEN NECKCHESTABDPELV PANCREAS ' +
    'PELVIS PENIS PHARYNX PROSTATE RECTUM SCALP SKULL SPINE SPLEEN SSPINE STERNUM STOMACH THYMUS THYROID TLSPINE TONGUE ' +
    'TRACHEA TSPINE URETHRA UTERUS VAGINA VULVA WHOLEBODY'
  ).split(' '),
);

/**
 * Laterality of a series (PS3.3 C.7.3.1, type 2C): the side, empty where it is not known, and absent where the body part
 * has none.
 */
export function lateralityOf(dataset: DataSet): KeywordValues {
  if (UNPAIRED.has(text(dataset, 'BodyPartExamined') ?? '')) return {};
  const stated = ['Laterality', 'ImageLaterality'].map((keyword) => text(dataset, keyword));
  // An image may also be of both sides or of an unpaired part (B, U), a series may not.
  return { Laterality: stated.find((side) => side === 'L' || side === 'R') ?? '' };
}
