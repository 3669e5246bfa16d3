// A demo, a browser, and somebody who uses both. Every page is watched: an error in its console, a request that its policy forbids or a
// violation of accessibility fails the test, and a failed test leaves a trace.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import assert from "node:assert/strict";

const packages = createRequire(join(needed("BYOB_BROWSER_PACKAGES"), "/"));
const { chromium } = packages("playwright-core");
const { AwsClient } = packages("aws4fetch");
const axe = readFileSync(packages.resolve("axe-core/axe.min.js"), "utf8");

/** Where traces of failed tests go, and screenshots of the guide. */
export const OUTPUT = needed("BYOB_BROWSER_OUTPUT");

function needed(variable) {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is not set; \`cargo xtask test\` sets it`);
  return value;
}

/** Runs `byob demo` on free ports; its addresses and keys are in `started`. */
export class Demo {
  static async start() {
    const demo = new Demo();
    const program = needed("BYOB_PROGRAM");
    demo.process = spawn(program, ["demo", "--port", "0", "--sandbox-port", "0", "--json"], { stdio: ["ignore", "pipe", "inherit"] });
    const lines = createInterface({ input: demo.process.stdout });
    const [line] = await Promise.race([
      new Promise((resolve) => lines.once("line", (line) => resolve([line]))),
      new Promise((_, reject) => demo.process.once("exit", (code) => reject(new Error(`the demo ended with ${code}`)))),
    ]);
    demo.started = JSON.parse(line);
    return demo;
  }

  async stop() {
    const gone = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGTERM");
    await gone;
  }

  /** A page of the demo's organization. */
  url(path = "") {
    return `${this.started.url}/o/${this.started.organization_id}/${path}`;
  }

  /** Breaks things at its AWS, or moves its clock. */
  async control(what, wanted) {
    const options = { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(wanted) };
    const answer = await fetch(`${this.started.aws_endpoint_url}/_sandbox/${what}`, options);
    assert.ok(answer.ok, await answer.text());
  }

  /** Puts a file into the customer's bucket, as the customer. */
  async put(key, body, headers = {}) {
    const { access_key_id: accessKeyId, secret_access_key: secretAccessKey, aws_region: region, aws_endpoint_url, bucket } = this.started;
    const aws = new AwsClient({ accessKeyId, secretAccessKey, region, service: "s3", retries: 0 });
    const answer = await aws.fetch(`${aws_endpoint_url}/${bucket}/${key}`, { method: "PUT", headers, body });
    assert.ok(answer.ok, await answer.text());
  }

  /** Calls the API as the organization's admin. */
  async api(method, path, body) {
    const headers = { authorization: `Bearer ${this.started.token}`, "content-type": "application/json" };
    const answer = await fetch(`${this.started.url}/api/v1/${path}`, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${text}`);
    return text ? JSON.parse(text) : null;
  }
}

export async function openBrowser() {
  const executablePath = process.env.BYOB_CHROMIUM ?? "/usr/bin/chromium";
  const folder = mkdtempSync(join(tmpdir(), "byob-browser-"));
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"], tracesDir: folder });
  browser.on("disconnected", () => rmSync(folder, { recursive: true, force: true }));
  return browser;
}

/** Runs `use` with a visitor of its own, whose trace is kept if it fails. */
export async function visit(browser, demo, name, options, use) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
  context.setDefaultTimeout(15_000);
  await context.tracing.start({ screenshots: true, snapshots: true });
  const visitor = new Visitor(context, demo);
  try {
    await use(visitor);
    visitor.assertQuiet();
    await context.tracing.stop();
  } catch (error) {
    mkdirSync(OUTPUT, { recursive: true });
    const path = join(OUTPUT, `${name.replace(/\W+/g, "-")}.zip`);
    await context.tracing.stop({ path });
    error.message += `\n(trace: ${path}, to be opened with \`npx playwright show-trace\`)`;
    throw error;
  } finally {
    await context.close();
  }
}

export class Visitor {
  constructor(context, demo) {
    this.context = context;
    this.demo = demo;
    this.complaints = [];
    /** Answers that a test expects to be refusals, which browsers report in the console. */
    this.expected = new Set();
  }

  /** A new tab. */
  async open(path) {
    const page = await this.context.newPage();
    this.watch(page);
    if (path !== undefined) await page.goto(path);
    return page;
  }

  watch(page) {
    page.on("pageerror", (error) => this.complaints.push(`${page.url()}: ${error.message}`));
    page.on("console", (message) => {
      const refusal = /status of (\d+)/.exec(message.text());
      if (message.type() === "error" && !(refusal && this.expected.has(Number(refusal[1])))) {
        this.complaints.push(`${page.url()}: ${message.text()}`);
      }
    });
  }

  assertQuiet() {
    assert.deepEqual(this.complaints, []);
  }

  async signIn(page, email = this.demo.started.email, password = this.demo.started.password) {
    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(/\/o\//);
  }

  /** A tab in which the demo's admin is signed in: as before, if they were, for nobody may sign in many times in a row. */
  async admin(path) {
    const page = await this.open();
    await this.context.addCookies(this.demo.cookies ?? []);
    await page.goto(path ? this.demo.url(path) : `${this.demo.started.url}/`);
    if (new URL(page.url()).pathname === "/sign-in") {
      await this.signIn(page);
      this.demo.cookies = await this.context.cookies();
      if (path) await page.goto(this.demo.url(path));
    }
    return page;
  }
}

/** That nobody is shut out of a page, and that it fits its window. */
export async function assertAccessible(page) {
  // The policy of pages forbids scripts that are not ours, so this one is evaluated, not inserted.
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    const result = await globalThis.axe.run();
    return result.violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(" | ")}`);
  });
  assert.deepEqual(violations, [], page.url());
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(tooWide <= 0, `${page.url()} is ${tooWide} pixels wider than its window`);
}
