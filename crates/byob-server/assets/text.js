// Shows a text, in colours where its language is known.

import { highlight } from "./highlight.js";
import { showText } from "./viewer.js";

await showText(256 * 1024, (content, text) => {
  content.textContent = text;
  highlight(content.firstChild, content.dataset.language);
});
