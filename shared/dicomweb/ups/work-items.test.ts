import { datasetOf } from '@maskwright/dicom';
import nock from 'nock';
import { afterEach, expect, test } from 'vitest';
import { outsideWorkItems } from './work-items.ts';

afterEach(() => nock.cleanAll());

test('a work item that cannot be addressed is named and passed over, the others come', async () => {
  const item = (values: Parameters<typeof datasetOf>[0]) => datasetOf({ ProcedureStepState: 'SCHEDULED', ...values });
  nock('http://ups.test')
    .get('/workitems')
    .query(({ offset }) => offset === '0')
    .reply(200, [
      item({ SOPInstanceUID: '1.2.1' }),
      item({ SOPInstanceUID: 'DOE^JANE' }),
      item({}),
      item({ SOPInstanceUID: '1.2.4' }),
    ])
    .get('/workitems')
    .query(true)
    .reply(204);
  const invalid: string[] = [];
  const { search } = outsideWorkItems({ url: 'http://ups.test', onInvalid: (reason) => invalid.push(reason) });
  const uids: string[] = [];
  for await (const { uid } of search('SCHEDULED')) uids.push(uid);
  expect(uids).toEqual(['1.2.1', '1.2.4']);
  const reason = expect.stringMatching(/^DICOM_MALFORMED: invalid UID: SOPInstanceUID is not a UID/);
  expect(invalid).toEqual([reason, reason]);
});
