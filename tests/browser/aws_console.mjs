// The customer's administrator, in the sandbox's AWS console.

export class AwsConsole {
  constructor(page, demo) {
    this.page = page;
    this.base = `${demo.started.aws_console_url}222222222222`;
  }

  async createPolicy(name, document) {
    await this.page.goto(`${this.base}/iam/policies/create`);
    await this.page.getByLabel("Policy document").fill(document);
    await this.page.getByLabel("Policy name").fill(name);
    await this.page.getByRole("button", { name: "Create policy" }).click();
    await this.page.getByText(name).first().waitFor();
  }

  /** Makes a role with a policy of its list; its ARN. */
  async createRole(name, trust, policy) {
    await this.page.goto(`${this.base}/iam/roles/create`);
    await this.page.getByLabel("Custom trust policy").fill(trust);
    if (policy) await this.page.getByLabel(policy).check();
    await this.page.getByLabel("Role name").fill(name);
    await this.page.getByRole("button", { name: "Create role" }).click();
    return this.roleArn(name);
  }

  async roleArn(name) {
    const arn = `arn:aws:iam::222222222222:role/${name}`;
    await this.page.getByText(arn).first().waitFor();
    return arn;
  }

  async createInline(role, name, document) {
    await this.page.goto(`${this.base}/iam/inline?role=${role}`);
    await this.page.getByLabel("Policy name").fill(name);
    await this.page.getByLabel("Policy document").fill(document);
    await this.page.getByRole("button", { name: "Save inline policy" }).click();
    await this.page.getByRole("status").first().waitFor();
  }

  async setTrust(role, document) {
    await this.page.goto(`${this.base}/iam/role?role=${role}`);
    await this.page.getByLabel("Trust policy").fill(document);
    await this.page.getByRole("button", { name: "Save trust policy" }).click();
    await this.page.getByRole("status").first().waitFor();
  }

  async setPolicy(name, document) {
    await this.page.goto(`${this.base}/iam/policy?arn=arn:aws:iam::222222222222:policy/${name}`);
    await this.page.getByLabel("Policy document").fill(document);
    await this.page.getByRole("button", { name: "Save new version" }).click();
    await this.page.getByRole("status").first().waitFor();
  }

  async upload(bucket, folder, name, content) {
    await this.page.goto(`${this.base}/s3/bucket?bucket=${bucket}&prefix=${encodeURIComponent(folder)}`);
    await this.page.getByLabel("Name of the object").fill(name);
    await this.page.getByLabel("File").setInputFiles({ name: "file", mimeType: "text/plain", buffer: Buffer.from(content) });
    await this.page.getByRole("button", { name: "Upload" }).click();
    await this.page.getByRole("status").first().waitFor();
  }

  async deleteObject(bucket, key) {
    await this.page.goto(`${this.base}/s3/object?bucket=${bucket}&key=${encodeURIComponent(key)}`);
    await this.page.getByText("Delete object…").click();
    await this.page.getByRole("button", { name: "Delete object" }).click();
    await this.page.getByRole("status").first().waitFor();
  }

  async setCors(bucket, document) {
    await this.page.goto(`${this.base}/s3/permissions?bucket=${bucket}`);
    await this.page.getByLabel("CORS configuration").fill(document);
    await this.page.getByRole("button", { name: "Save CORS configuration" }).click();
    await this.page.getByRole("status").first().waitFor();
  }
}

/** A policy that allows this no more. */
export function without(policy, action) {
  const statements = policy.Statement.map((statement) => ({ ...statement, Action: [statement.Action].flat().filter((one) => one !== action) }));
  return { ...policy, Statement: statements.filter((statement) => statement.Action.length) };
}
