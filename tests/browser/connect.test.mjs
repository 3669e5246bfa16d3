import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { AwsConsole } from "./aws_console.mjs";
import { Demo, assertAccessible, openBrowser, visit } from "./given.mjs";

let demo, browser;
before(async () => { [demo, browser] = await Promise.all([Demo.start(), openBrowser()]); });
after(async () => { await browser?.close(); await demo?.stop(); });

const text = (page, id) => page.locator(`#${id}`).textContent();
const outcome = (page, step) => page.locator("li.step", { hasText: step });

/** Checks, and waits for the new report. */
async function check(page) {
  const last = page.locator("#last");
  const before = (await last.count()) ? await last.getAttribute("data-check") : "none";
  await page.getByRole("button", { name: /^Check (connection|again)$/ }).click();
  await page.locator(`#last:not([data-check="${before}"])`).waitFor();
}

async function begin(page, what) {
  await page.goto(demo.url("integrations"));
  await page.getByRole("link", { name: "Connect a bucket" }).click();
  await page.getByLabel(what).check();
  await page.getByRole("button", { name: "Begin" }).click();
}

async function nameBucket(page, name, region) {
  await page.getByLabel("What you call it").fill(name);
  await page.getByLabel("Name of the bucket").fill("acme-robotics-archive");
  await page.getByLabel("Region of the bucket").fill(region);
  await page.getByText("A store that is not AWS, or no role").click();
  await page.getByLabel("Endpoint", { exact: true }).fill(demo.started.aws_endpoint_url);
  await page.getByLabel("The bucket’s name stands in the path").check();
  await page.getByRole("button", { name: "Save and go on" }).click();
}

/** A draft of the second bucket, with its documents. */
async function drafted() {
  const { aws_endpoint_url: endpoint_url, unconnected_bucket: bucket } = demo.started;
  const draft = await demo.api("POST", "drafts", { name: "Late", region: "eu-central-1", endpoint_url, force_path_style: true, scope: { type: "bucket", bucket }, authentication: { type: "role" } });
  return { id: draft.id, ...(await demo.api("GET", `drafts/${draft.id}/documents`)) };
}

describe("Connecting a bucket", () => {
  it("documents first, with five mistakes that are mended on the way", async () => {
    await visit(browser, demo, "documents first", {}, async (visitor) => {
      visitor.expected.add(422);
      const page = await visitor.admin();
      const aws = new AwsConsole(await visitor.open(), demo);
      await begin(page, "A bucket");

      // Nothing that was typed is lost when something is missing.
      await page.getByLabel("What you call it").fill("Archive");
      await page.getByRole("button", { name: "Save and go on" }).click();
      await page.getByText("This is needed.").first().waitFor();
      assert.equal(await page.getByLabel("What you call it").inputValue(), "Archive");
      await assertAccessible(page);

      // First mistake: the region.
      await nameBucket(page, "Archive", "us-west-2");
      const access = await text(page, "access-policy");
      await page.getByRole("button", { name: "Copy" }).click();
      await page.getByRole("button", { name: "Copied" }).waitFor();
      // Second mistake: an action is forgotten.
      await aws.createPolicy("byob-archive", access.replace('        "s3:GetObject"\n', '        "s3:GetObjectTagging"\n'));
      await page.getByRole("link", { name: "Next: Trust policy" }).click();
      const trust = await text(page, "trust-policy");
      const externalId = JSON.parse(trust).Statement[0].Condition.StringEquals["sts:ExternalId"][0];
      // Third mistake: another external ID.
      const arn = await aws.createRole("byob-archive", trust.replace(externalId, "an-old-one"), "byob-archive");
      await page.getByRole("link", { name: "Next: Role" }).click();
      await page.getByLabel("ARN of the role").fill("arn:aws:iam::222222222222:user/byob");
      await page.getByRole("button", { name: "Save and go on" }).click();
      await page.getByRole("alert").waitFor();
      await page.getByLabel("ARN of the role").fill(arn);
      await page.getByRole("button", { name: "Save and go on" }).click();
      // Fourth mistake: nobody sets CORS.
      const cors = await text(page, "cors");
      await aws.setCors("acme-robotics-archive", "");
      await page.getByRole("link", { name: "Next: Check" }).click();

      await check(page);
      await outcome(page, "role-assumable").getByText("it demands another external ID").waitFor();
      // Whoever leaves comes back to the same draft, with the same ID.
      await page.goto(demo.url("integrations"));
      await page.getByRole("link", { name: "Archive" }).click();
      assert.match(page.url(), /\/check$/);
      await page.getByRole("link", { name: "What to do" }).click();
      assert.match(page.url(), /#role-assumable$/);
      assert.equal(await page.getByRole("link", { name: "Done: Trust policy" }).count(), 0, "it is not right yet");
      const mended = await outcome(page, "role-assumable").locator("pre").last().textContent();
      assert.ok(mended.includes(externalId));
      // Fifth mistake: the condition is left out, which lets everybody in.
      const open = JSON.parse(mended);
      delete open.Statement[0].Condition;
      await aws.setTrust("byob-archive", JSON.stringify(open));
      await check(page);
      await page.getByText("it is not used. Mend the trust policy first.").waitFor();
      assert.equal(await page.getByRole("button", { name: /^Save/ }).count(), 0, "an unsafe role cannot be saved");
      await aws.setTrust("byob-archive", await outcome(page, "external-id-required").locator("pre").last().textContent());

      await check(page);
      await outcome(page, "external-id-enforced").and(page.locator(".passed")).waitFor();
      await page.getByRole("button", { name: "Take over" }).click();
      await check(page);
      await outcome(page, "region-matches").and(page.locator(".passed")).waitFor();
      await aws.setPolicy("byob-archive", await outcome(page, "object-readable").locator("pre").last().textContent());
      await check(page);
      await outcome(page, "object-readable").and(page.locator(".passed")).waitFor();
      await assertAccessible(page);
      await outcome(page, "browser-cors-allowed").and(page.locator(".failed")).waitFor();
      await aws.setCors("acme-robotics-archive", cors);
      await check(page);
      await page.getByText("Everything that is declared works.").waitFor();
      for (const step of ["Bucket", "Access policy", "Trust policy", "Role", "Browsers", "Check"]) {
        await page.getByRole("navigation", { name: "Steps" }).getByRole("link", { name: `Done: ${step}` }).waitFor();
      }

      await page.getByRole("button", { name: "Save, and use it" }).click();
      await page.getByRole("heading", { name: "Archive" }).waitFor();
      assert.equal(await text(page, "external-id"), externalId, "the external ID never changes");
      const resolved = await demo.api("POST", "resolve", { locators: ["s3://acme-robotics-archive/README.md"] });
      const file = await fetch(resolved.results[0].url);
      assert.equal(file.status, 200);
      assert.ok(resolved.results[0].url.startsWith(demo.started.aws_endpoint_url), "straight from the bucket");
      await demo.api("DELETE", `integrations/${resolved.results[0].integration_id}`);
    });
  });

  it("role first", async () => {
    await visit(browser, demo, "role first", {}, async (visitor) => {
      const page = await visitor.admin();
      const aws = new AwsConsole(await visitor.open(), demo);
      const nobody = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { AWS: "arn:aws:iam::222222222222:root" }, Action: "sts:AssumeRole" }] };
      const arn = await aws.createRole("ours", JSON.stringify(nobody));

      await begin(page, "A role already");
      const externalId = await text(page, "external-id");
      await page.getByLabel("ARN of the role").fill(arn);
      await page.getByRole("button", { name: "Save and go on" }).click();
      const trust = await text(page, "trust-policy");
      assert.ok(trust.includes(externalId));
      await aws.setTrust("ours", trust);
      await page.getByRole("link", { name: "Next: Bucket" }).click();
      await nameBucket(page, "By role", "eu-central-1");
      await aws.createInline("ours", "byob", await text(page, "access-policy"));
      await page.getByRole("link", { name: "Next: Browsers" }).click();
      await aws.setCors("acme-robotics-archive", await text(page, "cors"));
      await page.getByRole("link", { name: "Next: Check" }).click();
      await check(page);
      await page.getByRole("button", { name: "Save, and use it" }).click();

      await page.getByRole("heading", { name: "By role" }).waitFor();
      assert.equal(await text(page, "external-id"), externalId);
    });
  });

  it("what is typed and not sent is there for who leaves and comes back", async () => {
    await visit(browser, demo, "left alone", {}, async (visitor) => {
      const page = await visitor.admin();
      await begin(page, "A bucket");
      await page.getByLabel("What you call it").fill("Left alone");
      await page.getByLabel("Name of the bucket").fill("Not a bucket");
      await page.getByLabel("Read old versions").check();
      await page.getByRole("link", { name: "Integrations" }).first().click();
      await page.getByRole("heading", { name: "Integrations" }).waitFor();
      const draft = async () => (await demo.api("GET", "drafts")).items.find(({ notes }) => notes.console?.typed.bucket?.name?.[0] === "Left alone");

      await page.getByRole("link", { name: "Left alone" }).click();
      assert.equal(await page.getByLabel("What you call it").inputValue(), "Left alone");
      assert.equal(await page.getByLabel("Read old versions").isChecked(), true);
      assert.equal(await page.getByLabel("Name of the bucket").inputValue(), "Not a bucket");
      await page.getByText("Something is not right yet").waitFor();
      assert.equal((await draft()).scope, null, "what was not sent is no setting");
      await Promise.all([page.waitForResponse((response) => response.url().endsWith("/bucket/typed")), page.getByLabel("Name of the bucket").fill("films")]);
      await page.reload();
      assert.equal(await page.getByLabel("Name of the bucket").inputValue(), "films");
      await page.getByText("Not all that stands here is saved").waitFor();
      await page.getByLabel("Folder (optional)").fill("2023");
      await page.getByRole("link", { name: "Access policy" }).click();
      await page.getByText("is not saved, and not part of what you see here").waitFor();
      await page.getByRole("link", { name: "Bucket", exact: true }).first().click();
      await page.getByLabel("Folder (optional)").fill("2024");
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByLabel("Password").waitFor();
      assert.deepEqual((await draft()).notes.console.typed.bucket["scope.prefix"], ["2024"], "before somebody is out");
      await demo.api("DELETE", `drafts/${(await draft()).id}`);
    });
  });

  it("who is no longer signed in is told that nothing is kept, and stays", async () => {
    await visit(browser, demo, "signed out", {}, async (visitor) => {
      const page = await visitor.admin();
      await begin(page, "A bucket");
      const cookies = await visitor.context.cookies();
      await visitor.context.clearCookies();
      await page.getByLabel("What you call it").fill("Late");
      await page.getByRole("alert").getByText("is not kept at the moment").waitFor();
      const tried = page.waitForResponse(/\/typed$/);
      await page.getByRole("button", { name: "Save and go on" }).click();
      await tried;
      assert.equal(await page.getByLabel("What you call it").inputValue(), "Late", "the form is not sent into the void");
      await visitor.context.addCookies(cookies);
      await page.getByRole("link", { name: "Access policy" }).click();
      await page.getByText("is not saved, and not part of what you see here").waitFor();
    });
  });

  it("a draft can be discarded", async () => {
    await visit(browser, demo, "discard", {}, async (visitor) => {
      const page = await visitor.admin();
      const draft = await demo.api("POST", "drafts", { name: "To be discarded" });
      await page.goto(demo.url(`connect/${draft.id}`));
      await page.locator("summary", { hasText: "Discard this draft" }).click();
      await page.getByRole("button", { name: "Discard this draft for good" }).click();
      await page.getByRole("heading", { name: "Integrations" }).waitFor();
      assert.equal(await page.getByRole("link", { name: "To be discarded" }).count(), 0);
    });
  });

  it("shows each step of a check as soon as it is taken", async () => {
    await visit(browser, demo, "live", {}, async (visitor) => {
      const page = await visitor.admin(`integrations/${demo.started.integration_id}`);
      await demo.control("faults", { s3: { kind: "slow", milliseconds: 1500, times: 2 } });
      await page.getByRole("button", { name: "Check connection" }).click();
      const live = page.locator("#live");
      await live.locator("li.step", { hasText: "external-id-enforced" }).and(page.locator(".passed")).waitFor();
      assert.ok((await live.locator("li.step").count()) < 18, "the rest is still to come");
      await live.getByText("Asking AWS…").waitFor();
      await page.waitForURL(/\/checks\/chk_/);
      await page.getByText("Everything that is declared works.").waitFor();
    });
  });

  it("while it waits for IAM, the check says so", async () => {
    await visit(browser, demo, "waiting for IAM", {}, async (visitor) => {
      const { id, access_policy, trust_policy } = await drafted();
      const page = await visitor.admin();
      const aws = new AwsConsole(await visitor.open(), demo);
      const [statement] = trust_policy.Statement;
      const another = { ...trust_policy, Statement: [{ ...statement, Condition: { StringEquals: { "sts:ExternalId": "another" } } }] };
      const role_arn = await aws.createRole("byob-late", JSON.stringify(another));
      await aws.createInline("byob-late", "byob", JSON.stringify(access_policy));
      await demo.api("PATCH", `drafts/${id}`, { authentication: { type: "role", role_arn } });
      await page.goto(demo.url(`connect/${id}/check`));
      await page.getByLabel(/Wait up to three minutes/).check();
      await page.getByRole("button", { name: "Check connection" }).click();
      await page.locator(".waiting").getByText("It is asked again for three minutes at most").waitFor();
      await aws.setTrust("byob-late", JSON.stringify(trust_policy));
      await page.getByText("until the change had spread through IAM").first().waitFor({ timeout: 60_000 });
      await demo.api("DELETE", `drafts/${id}`);
    });
  });

  it("without scripts, the check comes with its report when it is done", async () => {
    await visit(browser, demo, "without scripts", { javaScriptEnabled: false }, async (visitor) => {
      const page = await visitor.admin(`integrations/${demo.started.integration_id}`);
      assert.equal(await page.getByRole("button", { name: "Copy" }).count(), 0, "what needs scripts is not shown");
      await page.getByRole("button", { name: "Check connection" }).click();
      await page.getByText("Everything that is declared works.").waitFor();
      assert.equal(await page.locator("li.step").count(), 18);
    });
  });
});
