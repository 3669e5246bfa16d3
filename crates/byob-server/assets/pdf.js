// Says why a document does not load. Its frame is of another origin, so that its first byte is asked for once more.

import { fails, range, reason, viewer } from "./viewer.js";

const frame = viewer.querySelector("iframe");

function instead(why, asked) {
  frame.hidden = true;
  fails(why, undefined, asked);
}

try {
  const { bytes } = await range(frame.src, 0, 1);
  if (!bytes.length) instead("The file is empty.", Promise.resolve(null));
} catch (error) {
  // What only scripts may not read is shown all the same.
  const found = error instanceof TypeError ? await reason().catch(() => null) : undefined;
  if (found === undefined) instead();
  else if (found && found.step !== "browser-cors-allowed") instead(undefined, Promise.resolve(found));
}
