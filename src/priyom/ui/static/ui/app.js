/**
 * Binds small behaviours to elements: data-behaviour="counter keep" loads each module once and calls its
 * default export with (element, {signal}). The modules of this room come from the map on the script tag;
 * another room names its own file: data-behaviour="thread" data-behaviour-src="/static/chat/thread.js".
 * Parts that come later (htmx, scripts) are bound when they appear; `signal` aborts when they go.
 *
 * @typedef {{signal: AbortSignal}} Life
 * @typedef {(element: HTMLElement, life: Life) => void | Promise<void>} Behaviour
 */

const tag = document.getElementById("ui-app");
/** @type {Record<string, string>} */
const known = JSON.parse(tag?.dataset.behaviours ?? "{}");
/** @type {Map<Element, AbortController>} */
const bound = new Map();

/** @param {HTMLElement} element */
async function bind(element) {
  if (bound.has(element)) return;
  const life = new AbortController();
  bound.set(element, life);
  for (const name of (element.dataset.behaviour ?? "").split(/\s+/).filter(Boolean)) {
    const source = known[name] ?? element.dataset.behaviourSrc;
    if (!source) {
      console.warn(`no module for behaviour "${name}"`);
      continue;
    }
    try {
      const module = await import(new URL(source, document.baseURI).href);
      if (!life.signal.aborted) await module.default(element, { signal: life.signal });
    } catch (error) {
      console.error(`behaviour "${name}"`, error); // the page works without it
    }
  }
}

/** @param {ParentNode} root */
export function bindAll(root) {
  if (root instanceof HTMLElement && root.dataset.behaviour) bind(root);
  for (const element of root.querySelectorAll("[data-behaviour]")) {
    if (element instanceof HTMLElement) bind(element);
  }
}

/** Let go of what has really left the page (not of what only moved). */
function release() {
  for (const [element, life] of bound) {
    if (!element.isConnected) {
      life.abort();
      bound.delete(element);
    }
  }
}

document.documentElement.classList.add("scripted");
bindAll(document);
new MutationObserver((records) => {
  for (const record of records) {
    for (const node of record.addedNodes) if (node instanceof HTMLElement) bindAll(node);
    if (record.removedNodes.length) release();
  }
}).observe(document.documentElement, { childList: true, subtree: true });
