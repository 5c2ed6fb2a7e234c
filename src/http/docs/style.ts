/** What the page of the API has beside the style of the dashboard. */
export const DOCS_STYLE = `
.docs { display: grid; grid-template-columns: 220px minmax(0, 1fr); gap: 32px; max-width: 1200px; margin: 0 auto; padding: 24px; }
.docs nav { display: block; position: sticky; top: 24px; align-self: start; width: auto; height: auto; max-height: calc(100vh - 48px); overflow: auto; padding: 0; border: 0; background: none; }
.docs nav h2 { margin: 12px 0 4px; }
.docs nav ul { margin: 0; padding: 0; list-style: none; }
.docs nav a { display: inline-block; padding: 2px 0; overflow-wrap: anywhere; }
.docs main { min-width: 0; width: auto; max-width: none; margin: 0; padding: 0; }
.docs main > h2 { margin-top: 40px; font-size: 18px; }
.docs section { margin: 24px 0; padding-top: 8px; border-top: 1px solid var(--line); scroll-margin-top: 16px; }
.docs section h3 { font-size: 15px; color: var(--text); overflow-wrap: anywhere; }
.docs section h4 { margin: 16px 0 8px; }
.docs section:target { border-top-color: var(--accent); }
.docs .summary { font-weight: 600; }
.docs .summary code { font-weight: 400; color: var(--muted); }
.docs code { overflow-wrap: anywhere; white-space: pre-wrap; }
.doc-table { overflow-x: auto; margin: 8px 0; }
.doc-table table { width: 100%; min-width: 480px; border-collapse: collapse; }
.doc-table th, .doc-table td { padding: 4px 8px; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; font-weight: 400; }
.doc-table thead th { color: var(--muted); }
.docs details { margin: 4px 0; }
.docs summary { cursor: pointer; }
.docs figure { margin: 8px 0; }
.docs figcaption { color: var(--muted); }
.docs pre { margin: 4px 0; padding: 8px 12px; max-height: 420px; overflow: auto; background: var(--sunken); border: 1px solid var(--line); border-radius: var(--radius); }
@media (max-width: 760px) {
  .docs { grid-template-columns: minmax(0, 1fr); padding: 16px; }
  .docs nav { position: static; max-height: none; }
}
`
