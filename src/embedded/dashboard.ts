// Made from src/http/dashboard/client by `npm run build` or `node scripts/embed.mjs`: edit that.
// deno-fmt-ignore-file
// deno-lint-ignore-file
/** The script of the dashboard, bundled. */
export const SCRIPT: string = `(()=>{document.title="Rampart";})();
`
export const STYLE: string = `body{}
`
