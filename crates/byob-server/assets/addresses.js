// Addresses of many pictures, by one request for each screenful.

import { refusal, resolve } from "./resolve.js";

/** So many are asked for at once, and so many such batches are kept. */
const BATCH = 120, KEPT = 60;
/** What dies sooner than this is asked for again, in milliseconds. */
const MARGIN = 60_000;

/** Whether an address that dies then can be used now. */
export const isAlive = (dies) => dies > Date.now() + MARGIN;

export class Addresses {
  #organization;
  #locators;
  #fail;
  #batches = new Map();

  /** `locators` gives those of the pictures from one place to another, and null for what is none; `fail` is told what went wrong. */
  constructor(organization, locators, fail) {
    this.#organization = organization;
    this.#locators = locators;
    this.#fail = fail;
  }

  /** The address of a picture; those around it come with it. */
  async of(index) {
    const number = Math.floor(index / BATCH);
    let batch = this.#batches.get(number);
    if (!batch || !isAlive(batch.dies)) {
      batch = { dies: Infinity };
      batch.urls = this.#ask(number, batch).catch((error) => { this.#batches.delete(number); this.#fail(error); return []; });
    }
    // The batch that was used last is dropped last.
    this.#batches.delete(number);
    this.#batches.set(number, batch);
    if (this.#batches.size > KEPT) this.#batches.delete(this.#batches.keys().next().value);
    return (await batch.urls)[index - number * BATCH];
  }

  /** When the address of a picture dies, as far as it was asked for. */
  dies(index) {
    return this.#batches.get(Math.floor(index / BATCH))?.dies;
  }

  /** A batch that was cut short, for nothing was known from here on, is asked for again. */
  forget(from) {
    for (const [number] of this.#batches) if ((number + 1) * BATCH > from) this.#batches.delete(number);
  }

  async #ask(number, batch) {
    const wanted = this.#locators(number * BATCH, (number + 1) * BATCH);
    const pictures = wanted.filter(Boolean);
    const answers = pictures.length ? await resolve(this.#organization, pictures) : [];
    // Where no file has an address, that is not about one of them.
    if (answers.length && answers.every((one) => one.error)) throw refusal(answers[0].error);
    for (const { expires_at } of answers) if (expires_at) batch.dies = Math.min(batch.dies, Date.parse(expires_at));
    return wanted.map((one) => (one ? answers.shift().url : null));
  }
}
