/** Lets those who found nothing to do sleep until there may be something. */
export interface Wake {
  notify(): void;
  /** Resolves at the next `notify`, when `signal` aborts, or after `ms`: whichever comes first. Never rejects. */
  wait(signal: AbortSignal, ms: number): Promise<void>;
}

export function wake(): Wake {
  const sleepers = new Set<() => void>();
  return {
    notify() {
      for (const rouse of [...sleepers]) rouse();
    },
    wait(signal, ms) {
      return new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const rouse = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', rouse);
          sleepers.delete(rouse);
          resolve();
        };
        const timer = setTimeout(rouse, ms);
        signal.addEventListener('abort', rouse);
        sleepers.add(rouse);
      });
    },
  };
}
