/** Letters that the body of a token is made of. */
export type Alphabet = 'alnum' | 'upper' | 'digit' | 'hex' | 'word' | 'dots' | 'base64' | 'path'

/** A token that is known by its looks, wherever it stands. */
export interface TokenRule {
  readonly id: string
  readonly what: string
  /** What it begins with. */
  readonly prefix: readonly string[]
  /** What follows, and how many of them. */
  readonly body: Alphabet
  readonly least: number
  readonly most?: number
  /** It must hold 16 letters and digits in a row, a digit among them: names of branches do not. */
  readonly stretch?: true
  /** Dots that it must hold. */
  readonly dots?: number
  /** The prefix tells where it leads, and stays. */
  readonly keep?: true
}

type Row = readonly [
  id: string,
  what: string,
  prefix: string,
  body: Alphabet,
  least: number,
  more?: Pick<TokenRule, 'most' | 'stretch' | 'dots' | 'keep'>,
]

const exactly = (most: number) => ({ most })

const ROWS: readonly Row[] = [
  ['github', 'GitHub token', 'ghp_ gho_ ghu_ ghs_ ghr_', 'alnum', 36],
  ['github-pat', 'GitHub fine-grained token', 'github_pat_', 'word', 40],
  ['gitlab', 'GitLab token', 'glpat- gldt- glrt- glptt- glcbt- glsoat- glft- glagent-', 'dots', 20],
  ['openai', 'OpenAI or OpenRouter key', 'sk-', 'word', 20, { stretch: true }],
  ['openai-project', 'OpenAI key', 'sk-proj- sk-svcacct- sk-admin-', 'word', 20],
  ['anthropic', 'Anthropic key', 'sk-ant-', 'word', 20],
  ['aws-key-id', 'AWS access key id', 'AKIA ASIA', 'upper', 16, exactly(16)],
  ['google-api', 'Google API key', 'AIza', 'word', 35],
  ['google-oauth', 'Google access token', 'ya29.', 'word', 20],
  ['google-client', 'Google client secret', 'GOCSPX-', 'word', 20],
  ['slack', 'Slack token', 'xoxa- xoxb- xoxe- xoxo- xoxp- xoxr- xoxs- xapp-', 'word', 20],
  ['slack-hook', 'Slack webhook', 'hooks.slack.com/services/', 'path', 20, { keep: true }],
  ['discord-hook', 'Discord webhook', 'discord.com/api/webhooks/', 'path', 40, { keep: true }],
  ['stripe', 'Stripe key', 'sk_live_ sk_test_ rk_live_ rk_test_', 'alnum', 16],
  ['stripe-hook', 'Stripe webhook secret', 'whsec_', 'base64', 24],
  ['npm', 'npm token', 'npm_', 'alnum', 36],
  ['pypi', 'PyPI token', 'pypi-AgEI', 'word', 40],
  ['rubygems', 'RubyGems key', 'rubygems_', 'hex', 48],
  ['hugging-face', 'Hugging Face token', 'hf_', 'alnum', 30],
  ['sendgrid', 'SendGrid key', 'SG.', 'dots', 40, { dots: 1 }],
  ['twilio', 'Twilio API key', 'SK', 'hex', 32, exactly(32)],
  ['digitalocean', 'DigitalOcean token', 'dop_v1_ doo_v1_ dor_v1_', 'hex', 64],
  ['vault', 'Vault token', 'hvs. hvb. hvr.', 'word', 24],
  ['terraform', 'Terraform Cloud token', '.atlasv1.', 'word', 40, { keep: true }],
  ['shopify', 'Shopify token', 'shpat_ shpca_ shppa_ shpss_', 'hex', 32],
  ['docker', 'Docker Hub token', 'dckr_pat_', 'word', 20],
  ['databricks', 'Databricks token', 'dapi', 'hex', 32],
  ['grafana', 'Grafana token', 'glc_ glsa_', 'base64', 32],
  ['linear', 'Linear key', 'lin_api_', 'alnum', 32],
  ['notion', 'Notion token', 'ntn_', 'alnum', 40],
  ['figma', 'Figma token', 'figd_', 'word', 36],
  ['postman', 'Postman key', 'PMAK-', 'word', 50],
  ['groq', 'Groq key', 'gsk_', 'alnum', 40],
  ['xai', 'xAI key', 'xai-', 'alnum', 60],
  ['replicate', 'Replicate token', 'r8_', 'alnum', 36],
  ['tailscale', 'Tailscale key', 'tskey-', 'word', 24],
  ['atlassian', 'Atlassian token', 'ATATT3', 'base64', 60],
  ['new-relic', 'New Relic key', 'NRAK-', 'upper', 27],
  ['age', 'age secret key', 'AGE-SECRET-KEY-1', 'upper', 58],
  ['jwt', 'JSON web token', 'eyJ', 'dots', 37, { dots: 2 }],
]

/** Tokens by their looks. Rules for what stands behind a name or in a place are `PLACES`. */
export const TOKENS: readonly TokenRule[] = ROWS.map(([id, what, prefix, body, least, more]) => ({
  id,
  what,
  prefix: prefix.split(' '),
  body,
  least,
  ...more,
}))

/** A secret that is known by where it stands. */
export interface PlaceRule {
  readonly id: string
  readonly what: string
  readonly shape: string
  readonly where: string
}

const place = (id: string, what: string, shape: string, where: string): PlaceRule => ({
  id,
  what,
  shape,
  where,
})

export const PLACES: readonly PlaceRule[] = [
  place('name', 'value of a secret name', '`NAME=…`, `name: …`, `"name": "…"`, `name = …`', 'text'),
  place('option', 'value of a secret option', '`--password …`, `--api-key=…`', 'text'),
  place('program-option', 'value of a short option', '`mysql -p…`, `sshpass -p …`', 'text'),
  place('user', 'password of a user', '`-u name:…`, `--user name:…`', 'text'),
  place('url', 'password in a URL', '`https://name:…@host`', 'text'),
  place('header', 'credential of a scheme', '`Authorization: Bearer …`', 'text'),
  place('scheme', 'credential behind a scheme', '`Bearer …`, `Basic …` that looks random', 'text'),
  place('cookie', 'values of cookies', '`Cookie: name=…; name=…`', 'text'),
  place('private-key', 'private key', 'lines between BEGIN and END of PEM, OpenSSH, PGP', 'text'),
  place('azure-client', 'Azure client secret', '`...8Q~` and 31 to 37 more', 'text'),
  place('azure-sas', 'signature of a SAS URL', '`?sig=…`, `&sig=…`', 'text'),
  place('telegram', 'Telegram bot token', 'digits, `:AA` and 33 more', 'text'),
  place('key', 'value of a secret key', '`{"client_secret": …}` and all below it', 'parameters'),
  place('argv', 'value behind an option', '`["--password", …]`, `["-u", "name:…"]`', 'parameters'),
  place(
    'pair',
    'value beside a secret name',
    '`{"name": …, "value": …}`, `[[name, …]]`',
    'parameters',
  ),
  place(
    'environment',
    'value of a secret variable of the server',
    'also in base64 and as in URLs',
    'text',
  ),
]
