import { pause } from '@maskwright/time';

/** Whether an archive is worth asking just now. */
export interface Availability {
  isOpen(): boolean;
  /** Resolves when it may be asked again, or when `signal` aborts. Never rejects. */
  opened(signal: AbortSignal): Promise<void>;
}

export interface CircuitBreakerOptions {
  /** So many calls in a row without an answer, and the archive is left alone for a while. */
  readonly failures: number;
  /** How long at first; doubled each time that it still does not answer, up to `maxMs`. */
  readonly baseMs: number;
  readonly maxMs: number;
  /** Of a clock that is never set, in ms. */
  readonly now?: () => number;
  readonly random?: () => number;
}

export const DEFAULT_BREAKER: CircuitBreakerOptions = { failures: 3, baseMs: 1_000, maxMs: 10_000 };

/**
 * A circuit breaker: an archive that does not answer is not asked for a while, so that a hundred jobs do not each wait for
 * their own time-out, and an archive that comes up again is not run over. After the pause the next calls are let through: the
 * first that is answered closes the circuit, the first that is not opens it again, for longer.
 */
export class CircuitBreaker implements Availability {
  readonly #options: Required<CircuitBreakerOptions>;
  #failures = 0;
  #pauses = 0;
  #until = 0;

  constructor(options: CircuitBreakerOptions) {
    this.#options = { now: () => performance.now(), random: Math.random, ...options };
  }

  isOpen(): boolean {
    return this.waitMs() === 0;
  }

  /** Milliseconds until it may be asked; 0: now. */
  waitMs(): number {
    return Math.max(0, this.#until - this.#options.now());
  }

  answered(): void {
    this.#failures = 0;
    this.#pauses = 0;
    this.#until = 0;
  }

  /** Calls that were under way when the circuit opened tell nothing new. */
  unanswered(): void {
    if (!this.isOpen()) return;
    this.#failures += 1;
    if (this.#pauses === 0 && this.#failures < this.#options.failures) return;
    const { baseMs, maxMs, now, random } = this.#options;
    const full = Math.min(maxMs, baseMs * 2 ** Math.min(this.#pauses, 30));
    this.#pauses += 1;
    this.#until = now() + full * (0.5 + random() / 2);
  }

  async opened(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.isOpen()) await pause(Math.ceil(this.waitMs()), signal);
  }
}

/** Open when all are. */
export function allOpen(parts: readonly Availability[]): Availability {
  const isOpen = () => parts.every((part) => part.isOpen());
  return {
    isOpen,
    async opened(signal) {
      while (!signal.aborted && !isOpen()) await Promise.all(parts.map((part) => part.opened(signal)));
    },
  };
}
