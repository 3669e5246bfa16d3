// A tab that Playwright does not watch. Of those that it does, the browser keeps whatever they load, in their own processes, so that it can
// be looked at; what a page takes by itself is seen in such a one alone.

import assert from "node:assert/strict";

export class Unwatched {
  #browser;
  #sessionId;
  #last = 0;
  #waiting = new Map();

  /** Opens an address as whoever has those cookies. */
  static async open(browser, url, cookies) {
    const tab = new Unwatched();
    const session = tab.#browser = await browser.newBrowserCDPSession();
    // Playwright leaves alone what is in a context that it has not made.
    const { browserContextId } = await session.send("Target.createBrowserContext");
    const known = cookies.map(({ name, value, domain, path, httpOnly, secure }) => ({ name, value, domain, path, httpOnly, secure }));
    await session.send("Storage.setCookies", { browserContextId, cookies: known });
    const { targetId } = await session.send("Target.createTarget", { url, browserContextId, width: 1280, height: 860 });
    ({ sessionId: tab.#sessionId } = await session.send("Target.attachToTarget", { targetId, flatten: false }));
    session.on("Target.receivedMessageFromTarget", ({ message }) => {
      const answer = JSON.parse(message);
      tab.#waiting.get(answer.id)?.(answer);
      tab.#waiting.delete(answer.id);
    });
    return tab;
  }

  /** Calls the browser's protocol for this tab. */
  async send(method, params) {
    const id = this.#last += 1;
    const answered = new Promise((resolve) => { this.#waiting.set(id, resolve); });
    const message = JSON.stringify({ id, method, params });
    await this.#browser.send("Target.sendMessageToTarget", { sessionId: this.#sessionId, message });
    const { result, error } = await answered;
    assert.ok(!error, JSON.stringify(error));
    return result;
  }

  /** The value of an expression, or of its promise. */
  async evaluate(expression) {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    assert.ok(!exceptionDetails, JSON.stringify(exceptionDetails));
    return result.value;
  }

  /** Waits until the page shows a text. While it is on its way, there is nothing that could be asked. */
  async shows(pattern) {
    while (!(await this.evaluate(`${pattern}.test(document.body?.innerText)`).catch(() => false))) {
      await new Promise((resolve) => { setTimeout(resolve, 50); });
    }
  }

  /**
   * The memory footprint of the largest page, in bytes, as the browser's own task manager shows it. Garbage is collected first, for the
   * browser lets tens of megabytes of it lie while there is room.
   */
  async footprint() {
    await this.send("HeapProfiler.collectGarbage", {});
    const events = [];
    const take = ({ value }) => events.push(...value);
    this.#browser.on("Tracing.dataCollected", take);
    const complete = new Promise((resolve) => this.#browser.once("Tracing.tracingComplete", resolve));
    const traceConfig = { includedCategories: ["disabled-by-default-memory-infra"], excludedCategories: ["*"], memoryDumpConfig: { triggers: [] } };
    await this.#browser.send("Tracing.start", { transferMode: "ReportEvents", traceConfig });
    await this.#browser.send("Tracing.requestMemoryDump", { levelOfDetail: "background" });
    await this.#browser.send("Tracing.end");
    await complete;
    this.#browser.off("Tracing.dataCollected", take);
    const { processInfo } = await this.#browser.send("SystemInfo.getProcessInfo");
    const pages = new Set(processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id));
    const sizes = events.filter(({ pid, args }) => pages.has(pid) && args.dumps?.process_totals)
      .map(({ args }) => Number.parseInt(args.dumps.process_totals.private_footprint_bytes, 16));
    assert.ok(sizes.length > 0, "the browser does not say how much memory it takes");
    return Math.max(...sizes);
  }
}
