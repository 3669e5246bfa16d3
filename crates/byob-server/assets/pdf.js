// Says why a document does not load. Its frame is of another origin, so that its first byte is asked for once more.

import { fails, range, viewer } from "./viewer.js";

const frame = viewer.querySelector("iframe");
range(frame.src, 0, 1).catch((error) => {
  // What only scripts may not read is shown all the same.
  if (error instanceof TypeError) return;
  frame.hidden = true;
  fails();
});
