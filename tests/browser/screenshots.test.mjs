// The pictures of the README and the guide: `cargo xtask screenshots` writes them where those look, every other run beside the traces.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Demo, OUTPUT, openBrowser, visit } from "./given.mjs";

let demo, browser;
before(async () => { [demo, browser] = await Promise.all([Demo.start(), openBrowser()]); });
after(async () => { await browser?.close(); await demo?.stop(); });

const folder = process.env.BYOB_SCREENSHOTS ?? join(OUTPUT, "screenshots");
const LOOK = { viewport: { width: 1120, height: 700 } };

describe("Pictures of", () => {
  const pictured = (name, options, use) => it(name, async () => {
    mkdirSync(folder, { recursive: true });
    await visit(browser, demo, name, { ...LOOK, ...options }, async (visitor) => {
      const page = await visitor.admin();
      await use(page, visitor);
      await page.screenshot({ path: join(folder, `${name.replaceAll(" ", "-")}.png`) });
    });
  });

  pictured("a grid of files", {}, async (page) => {
    await page.goto(demo.url(`files/${demo.started.integration_id}?prefix=frames%2Frobot-07%2F&view=grid`));
    await page.getByText("10,000 files and folders").waitFor();
    await page.waitForFunction(() => [...document.querySelectorAll(".tile img")].slice(0, 20).every((image) => image.naturalWidth > 0));
  });

  pictured("the access policy", {}, async (page) => {
    const draft = await demo.api("POST", "drafts", {
      name: "Training images", region: "eu-central-1", authentication: { type: "role" }, scope: { type: "bucket", bucket: "acme-images", prefix: "team" },
    });
    await page.goto(demo.url(`connect/${draft.id}/access-policy`));
  });

  pictured("the integrations", {}, async (page) => {
    await demo.api("POST", `integrations/${demo.started.integration_id}/check`, {});
    await page.goto(demo.url("integrations"));
  });

  pictured("the bucket", {}, async (page) => {
    await page.goto(demo.url("connect"));
    await page.getByRole("button", { name: "Begin" }).click();
    await page.getByLabel("Name of the bucket").fill("acme-images");
  });

  pictured("a table", {}, async (page) => {
    await page.goto(demo.url(`file?locator=s3://${demo.started.bucket}/tables/telemetry.parquet`));
    await page.getByRole("heading", { name: "Details" }).waitFor();
  });

  pictured("the check", {}, async (page) => {
    const draft = await demo.api("POST", "drafts", {
      name: "Archive", region: "eu-central-1", endpoint_url: demo.started.aws_endpoint_url, force_path_style: true,
      authentication: { type: "role", role_arn: "arn:aws:iam::222222222222:role/byob-archive" }, scope: { type: "bucket", bucket: demo.started.unconnected_bucket },
    });
    await page.goto(demo.url(`connect/${draft.id}/check`));
    await page.getByRole("button", { name: "Check connection" }).click();
    await page.getByRole("button", { name: "Check again" }).waitFor();
    await page.evaluate(() => document.querySelector(".step.failed").scrollIntoView({ block: "start" }));
  });
});
