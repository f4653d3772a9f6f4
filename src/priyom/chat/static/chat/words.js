/** Small pieces of text and buttons for the talk's lines. */

const ADDRESS = /(https?:\/\/[^\s<>"]+[^\s<>".,;:)])/;

/** Text with its web addresses as links; never markup. @param {string} text @returns {(string | HTMLElement)[]} */
export function linked(text) {
  return text.split(ADDRESS).filter(Boolean).map((piece) => {
    if (!ADDRESS.test(piece)) return piece;
    const link = document.createElement("a");
    link.href = piece;
    link.rel = "noopener nofollow";
    link.target = "_blank";
    link.textContent = piece;
    return link;
  });
}

/** @param {string} words @param {string} act @param {string} key of the message @returns {HTMLButtonElement} a button that chat.js hears */
export function button(words, act, key) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "link";
  made.textContent = words;
  made.dataset.chatAct = act;
  made.dataset.chatKey = key;
  return made;
}

/** @param {number} count @returns {string} what the button to the end says */
export function below(count) {
  if (!count) return "Вниз";
  const isOne = count % 10 === 1 && count % 100 !== 11;
  return `Вниз, ${count} ${isOne ? "новое" : "новых"}`;
}
