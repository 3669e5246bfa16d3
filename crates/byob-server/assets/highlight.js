// Colours a text by what its words are. The text stays one piece: the browser paints ranges of it (CSS Custom Highlight API).

const WORDS = {
  c: "abstract as async await auto bool boolean break case catch char class const constexpr continue default defer delete do double else enum export extends extern false final finally float fn for from func function go if impl implements import in int interface let long loop match mod module move mut namespace new nil null override package private protected pub public ref return self short signed sizeof static string struct super switch template this throw throws trait true try type typedef typeof undefined union unsafe unsigned use using val var virtual void volatile when where while yield",
  hash: "and as assert async await begin break case class continue def del do done elif else end except export false False fi finally for from function global if import in is lambda local module next nil None nonlocal not null or pass raise require rescue return self set then true True try unless until when while with yield",
  dash: "add all alter and as asc begin between by case cast column constraint count create cross default delete desc distinct do drop else elseif end exists false for foreign from full function group having if in index inner insert into is join key left let like limit local module not null on or order outer primary references repeat return right select set table then true union unique until update using values view when where while with",
  css: "", ini: "", markup: "", json: "true false null",
};
const STRING = String.raw`"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'`;
/** Comments and strings of each family of languages; the first that fits at a place is taken. */
const PARTS = {
  c: { comment: String.raw`\/\/.*|\/\*[\s\S]*?(?:\*\/|$)`, string: `${STRING}|\`(?:[^\`\\\\]|\\\\.)*\`` },
  hash: { comment: String.raw`#.*`, string: String.raw`"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|` + STRING },
  dash: { comment: String.raw`--.*|\/\*[\s\S]*?(?:\*\/|$)`, string: STRING },
  css: { comment: String.raw`\/\*[\s\S]*?(?:\*\/|$)`, string: STRING, keyword: String.raw`[@.#]?[\w-]+(?=\s*[:{(])` },
  ini: { comment: String.raw`^[;#].*`, string: STRING, keyword: String.raw`^\[.*\]|^[^=\n]+(?==)` },
  markup: { comment: String.raw`<!--[\s\S]*?(?:-->|$)`, string: `(?<=[=\\s])(?:${STRING})`, keyword: String.raw`<\/?[\w:-]+|\/?>` },
  json: { keyword: String.raw`"(?:[^"\\\n]|\\.)*"(?=\s*:)`, string: STRING },
};
/** More pieces than these nobody looks at, and each costs. */
const MOST = 20_000;

/** Colours a text node. */
export function highlight(node, language) {
  const parts = PARTS[language];
  if (!parts || !globalThis.CSS?.highlights) return;
  const words = new Set(WORDS[language].split(" "));
  const kinds = { ...parts, number: String.raw`\b\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?\w*\b`, word: String.raw`\b[A-Za-z_]\w*\b` };
  const pattern = new RegExp(Object.entries(kinds).map(([name, text]) => `(?<${name}>${text})`).join("|"), "gm");
  const ranges = { comment: [], string: [], keyword: [], number: [] };
  let count = 0;
  for (const { 0: piece, index, groups } of node.data.matchAll(pattern)) {
    let kind = Object.keys(groups).find((name) => groups[name] !== undefined);
    if (kind === "word") {
      if (!words.has(piece) && !(language === "dash" && words.has(piece.toLowerCase()))) continue;
      kind = "keyword";
    }
    ranges[kind].push(new StaticRange({ startContainer: node, startOffset: index, endContainer: node, endOffset: index + piece.length }));
    count += 1;
    if (count >= MOST) break;
  }
  for (const [kind, found] of Object.entries(ranges)) CSS.highlights.set(kind, new Highlight(...found));
}
