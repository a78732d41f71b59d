import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readStudyNotices } from './notice-forms.ts';

const own = (study: string, expectedImages?: number) => ({
  schema: 'maskwright.study-notice/1',
  study,
  ...(expectedImages === undefined ? {} : { expectedImages }),
});
const element = (vr: string, ...Value: unknown[]) => ({ vr, Value });
const instance = (uid: string, availability: string) => ({
  '00081155': element('UI', uid),
  '00080056': element('CS', availability),
});

describe('forms of notices', () => {
  test.each<[string, unknown, readonly object[]]>([
    ['a UID', '1.2.3', [own('1.2.3')]],
    ['UIDs, one a line', '1.2.3\n1.2.4\n', [own('1.2.3'), own('1.2.4')]],
    ['a UID as JSON', JSON.stringify('1.2.3'), [own('1.2.3')]],
    ['our own form', { ...own('1.2.3', 7), traceparent: 't' }, [{ ...own('1.2.3', 7), traceparent: 't' }]],
    ['a list', [own('1.2.3'), '1.2.4', { StudyInstanceUID: '1.2.5' }], [own('1.2.3'), own('1.2.4'), own('1.2.5')]],
    [
      'a name as DICOM has it, with a number',
      { StudyInstanceUID: '1.2.3', NumberOfStudyRelatedInstances: '12' },
      [own('1.2.3', 12)],
    ],
    ['a name as JSON has it', { studyInstanceUID: '1.2.3' }, [own('1.2.3')]],
    [
      'a change of Orthanc with its tags',
      {
        ChangeType: 'StableStudy',
        ResourceType: 'Study',
        ID: 'abc',
        Seq: 3,
        Path: '/studies/abc',
        MainDicomTags: { StudyInstanceUID: '1.2.3', StudyDate: '20260101' },
      },
      [own('1.2.3')],
    ],
    ['a study that Orthanc has deleted', { ChangeType: 'Deleted', ID: 'abc' }, []],
    [
      'an Instance Availability Notification',
      {
        '0020000D': element('UI', '1.2.3'),
        '00081115': element(
          'SQ',
          {
            '0020000E': element('UI', '1.2.3.1'),
            '00081199': element('SQ', instance('1', 'ONLINE'), instance('2', 'ONLINE')),
          },
          {
            '0020000E': element('UI', '1.2.3.2'),
            '00081199': element('SQ', instance('3', 'NEARLINE'), instance('4', 'UNAVAILABLE')),
          },
        ),
      },
      [own('1.2.3', 3)],
    ],
    [
      'an entry of a QIDO-RS answer',
      { '0020000D': element('UI', '1.2.3'), '00201208': element('IS', 5) },
      [own('1.2.3', 5)],
    ],
  ])('%s', (_, message, notices) => {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    expect(readStudyNotices(text)).toEqual(notices);
    expect(readStudyNotices(Buffer.from(text))).toEqual(notices);
  });

  test.each<[string, string]>([
    ['nothing', ''],
    ['text', 'Doe^Jane'],
    ['an object without a study', '{"PatientName":"Doe^Jane"}'],
    ['a change of Orthanc without its tags', '{"ChangeType":"StableStudy","ID":"Doe^Jane"}'],
    ['a UID that is too long', '1'.repeat(65)],
    ['one bad entry in a list', '["1.2.3","Doe^Jane"]'],
    ['another version of our own', '{"schema":"maskwright.study-notice/2"}'],
  ])('refused, without quoting it: %s', (_, message) => {
    expect(() => readStudyNotices(message)).toThrow(
      expect.objectContaining({ code: 'MESSAGE_INVALID', message: expect.not.stringContaining('Doe') }),
    );
  });

  test('whatever comes: notices, or MESSAGE_INVALID', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (message) => {
        try {
          expect(Array.isArray(readStudyNotices(message))).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ code: 'MESSAGE_INVALID' });
        }
      }),
    );
  });
});
