/**
 * Brings the reader to what needs attention now: the list of errors, a fresh answer.
 * @param {HTMLElement} element
 */
export default function focus(element) {
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "nearest" });
}
