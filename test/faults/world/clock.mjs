/**
 * Loaded before a service (`node --import`): its clock is off by what the file CLOCK_FILE says, in milliseconds, from the
 * moment that the file says so. A clock that is set while a program runs, as by NTP after a long outage.
 */
import { readFileSync } from 'node:fs';

const file = process.env.CLOCK_FILE;
const RealDate = Date;
let offset = 0;

if (file) {
  read();
  setInterval(read, 100).unref();
  globalThis.Date = class extends RealDate {
    constructor(...given) {
      if (given.length === 0) super(RealDate.now() + offset);
      else super(...given);
    }
    static now() {
      return RealDate.now() + offset;
    }
  };
}

function read() {
  try {
    offset = Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    // Not yet written: the clock is right.
  }
}
