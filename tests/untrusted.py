"""Texts that somebody may put into an app so that Ansible runs them, and an endpoint that answers with them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

#: What stands in the output only if a form was run: the forms spell it otherwise.
RAN = "RAN-42"
#: Headers that make other marks into those of a template, for the text behind them.
HEADERS = {
    "#jinja2:variable_start_string:'[[',variable_end_string:']]'\n": "[[ {} ]]",
    "#jinja2: variable_start_string : '(', variable_end_string: ')'\n": "( {} )",
    "#jinja2:block_start_string:'<%',block_end_string:'%>',trim_blocks:True\n": "<% if {} %>x<% endif %>{{{{ {} }}}}",
    "#jinja2:line_statement_prefix:'%%'\n": "%% if {}\nx\n%% endif",
    "#jinja2:trim_blocks:True\n": "{{{{ {} }}}}",
}
#: What may stand before a header or a mark.
BEFORE = (
    "",
    " ",
    "\t",
    "\n",
    "\r\n",
    "\ufeff",
    "\u200b",
    "\u00a0",
    "\u2028",
    "x",
    "#",
    "!unsafe ",
    "---\n",
    "' ",
    '" ',
)


def forms(proof: Path) -> list[str]:
    """The texts. One that is run makes the file *proof*, and says so in its result."""
    run = f"lookup('pipe', 'touch {proof}; echo RAN-$((6*7))')"
    plain = [f"{{{{ {run} }}}}", f"{{% if {run} %}}x{{% endif %}}", f"{{#- c -#}}{{{{ {run} }}}}", run]
    plain += [f"{{%- set x = {run} -%}}{{{{ x }}}}", f"[{{{{ {run} }}}}]", f"{{'a': {{{{ {run} }}}}}}"]
    plain += [header + body.format(run, run) for header, body in HEADERS.items()]
    return [before + one for before in BEFORE for one in plain]


#: Any texts of this kind, for laws. What they would compute is 42042.
TEXTS = st.lists(
    st.one_of(
        st.sampled_from(("{{", "}}", "{%", "%}", "{#", "#}", "[[", "]]", "<%", "%>", "%%", "${", "}", "{", "#", "\\")),
        st.sampled_from((" 6*7*1001 ", "{{ 6*7*1001 }}", "{% raw %}", "{% if 6*7*1001 %}", "x", "yes", "0123", "<<")),
        st.sampled_from(tuple(HEADERS)),
        st.sampled_from(BEFORE),
        st.text(max_size=3),
    ),
    max_size=6,
).map("".join)


def hostile_spec(proof: Path, name: str = "shop") -> dict[str, Any]:
    """A spec with these texts wherever its author has the word."""
    texts = forms(proof)
    worst = next(iter(HEADERS)) + f"[[ lookup('pipe', 'touch {proof}; echo RAN-$((6*7))') ]]"
    image = {"registry_type": "DOCR", "repository": "shop", "tag": "1.0"}
    envs = [{"key": f"K{number}", "value": text} for number, text in enumerate(texts)]
    service = {"name": "web", "image": image, "http_port": 80, "run_command": worst, "envs": envs}
    job = {"name": "migrate", "kind": "PRE_DEPLOY", "image": image, "run_command": worst}
    return {"name": name, "region": "ams", "envs": envs[:3], "services": [service], "jobs": [job]}


@contextmanager
def endpoint(answer: Any, status: int = 200) -> Iterator[str]:
    """The address of a server that answers every request with this."""
    body = json.dumps(answer).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_given: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
