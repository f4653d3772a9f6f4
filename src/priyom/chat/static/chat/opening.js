/** How a line begins: a one-time ticket from the page's own server, then a way with a hello. */

/** @typedef {{ticket: string, gateway: string}} Pass */

/** @param {import("./socket.js").Line} line @returns {Promise<Pass | null>} null when the session has ended */
export async function pass(line) {
  const headers = { Accept: "application/json", "X-CSRFToken": line.place.token };
  const answer = await fetch(line.place.ticket, { method: "POST", headers });
  if (answer.status === 401 || answer.status === 403) {
    line.end("session");
    return null;
  }
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

/** @param {import("./socket.js").Line} line @param {import("./ways.js").Kind} kind @param {Pass} pass @returns {import("./ways.js").Way} */
export function open(line, kind, { ticket, gateway }) {
  const hello = { t: "hello", ticket, consultation: line.place.consultation, after: line.place.after() };
  /** @type {import("./ways.js").Way} */
  const way = new kind(gateway, hello, {
    frame: (frame) => {
      if (way === line.better.way && frame.t === "ready") line.change(way);
      if (way === line.way) line.hear(frame);
    },
    alive: () => { if (way === line.way && line.isReady) line.listen(); },
    lost: (why) => { if (way === line.way) line.drop(why); else if (way === line.better.way) line.better.plan(); },
    after: line.place.after,
  });
  return way;
}
