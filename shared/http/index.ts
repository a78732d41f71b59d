/** Where our HTTP servers listen, and who reaches them there. */
export { isFromAnotherPage } from './another-page.ts';
export { type Listening, listening, type Place } from './listening.ts';
export { isAddressedToLoopback, isLoopback } from './loopback.ts';
