/**
 * Results in the order of their keys, at most `ahead` of them fetched before they are asked for: hides the latency, bounds
 * the memory. Where the consumer goes away or one fails, those under way are stopped.
 */
export async function* fetchAhead<K, T>(
  keys: readonly K[],
  ahead: number,
  fetchOne: (key: K, signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
): AsyncGenerator<T> {
  const stop = new AbortController();
  const limits = AbortSignal.any([stop.signal, ...(signal ? [signal] : [])]);
  const fetching: Promise<T>[] = [];
  const left = keys.values();
  const start = () => {
    const { value, done } = left.next();
    if (done) return;
    const one = fetchOne(value, limits);
    // Whoever consumes it sees the rejection; one that is never consumed must not end the process.
    one.catch(() => undefined);
    fetching.push(one);
  };
  try {
    for (let i = 0; i < ahead; i++) start();
    for (let first = fetching.shift(); first; first = fetching.shift()) {
      start();
      yield await first;
    }
  } finally {
    stop.abort();
  }
}
