import { MaskwrightError } from '@maskwright/errors';
import { describe, expect, test } from 'vitest';
import { sampleNotice } from '../sample.ts';
import { noticed } from './consume.ts';
import type { Opened } from './place.ts';

export function notices(opened: Opened): void {
  describe('notices', () => {
    test('are passed on in order and committed; one that does not parse is reported and passed over', async () => {
      await opened.queue.notices.publish([sampleNotice(1)]);
      await opened.place.writeNotice('{"schema":"maskwright.study-notice/2","study":"1.2.3"}');
      await opened.place.writeNotice('Jane Doe');
      await opened.queue.notices.publish([sampleNotice(1), sampleNotice(1)]);
      const invalid: string[] = [];
      expect(await noticed(opened.queue, 3, invalid)).toEqual([sampleNotice(1), sampleNotice(1), sampleNotice(1)]);
      expect(invalid).toHaveLength(2);
      expect(invalid[0]).toContain('schema');
      expect(invalid[1]).not.toContain('Jane');
      await opened.queue.notices.publish([sampleNotice(2)]);
      expect(await noticed(opened.queue, 1)).toEqual([sampleNotice(2)]);
    });

    test('come again when the handler cannot do it now', async () => {
      await opened.queue.notices.publish([sampleNotice(1)]);
      let tries = 0;
      const stop = new AbortController();
      await opened.queue.notices.consume(
        async () => {
          tries += 1;
          if (tries < 3) throw new MaskwrightError('ARCHIVE_UNREACHABLE', 'no answer');
          stop.abort();
        },
        { signal: stop.signal },
      );
      expect(tries).toBe(3);
    });
  });
}
