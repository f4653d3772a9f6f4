/**
 * A limit of time for a request. AbortSignal.timeout and .any would do it, but phones of 2022 have neither.
 * @param {number} milliseconds @param {AbortSignal} [stop] ends it earlier @returns {AbortSignal}
 */
export function within(milliseconds, stop) {
  const limit = new AbortController();
  const end = () => limit.abort(stop?.reason);
  if (stop?.aborted) end();
  stop?.addEventListener("abort", end, { signal: limit.signal });
  setTimeout(() => limit.abort(new DOMException("no answer in time", "TimeoutError")), milliseconds);
  return limit.signal;
}
