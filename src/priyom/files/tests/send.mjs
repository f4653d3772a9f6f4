// One file by the real tus-js-client: node send.mjs <modules> <endpoint> <permit> <file> <options as JSON>
// options: {chunk, retry, url}; prints one line of JSON: {url, offsets, error}.
import { createReadStream, statSync } from "node:fs";
import { createRequire } from "node:module";

const [modules, endpoint, permit, file, told] = process.argv.slice(2);
const tus = createRequire(`${modules}/`)("tus-js-client");
const { chunk = null, retry = false, url = null } = JSON.parse(told);
const offsets = [];

const upload = new tus.Upload(createReadStream(file), {
  endpoint,
  uploadUrl: url,
  chunkSize: chunk ?? Infinity,
  uploadSize: statSync(file).size,
  headers: { Authorization: `Bearer ${permit}` },
  metadata: { filename: "горло.bin" },
  retryDelays: retry ? [0, 50, 50] : null,
  removeFingerprintOnSuccess: true,
  onAfterResponse: (request, response) => {
    const there = response.getHeader("Upload-Offset");
    if (there !== undefined && request.getMethod() !== "POST") offsets.push(`${request.getMethod()} ${there}`);
  },
  onError: (error) => done({ error: String(error.message ?? error) }),
  onSuccess: () => done({}),
});

/** @param {object} how */
function done(how) {
  console.log(JSON.stringify({ url: upload.url, offsets, ...how }));
  process.exit(0);
}
upload.start();
