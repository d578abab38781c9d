/** All help texts. No imports: `--help` must answer at once. */

export const overview = `kmesh-compile: compiles xDS into BPF tables and programs, and says what they do.

Usage: kmesh-compile COMMAND [options]

Commands:
  compile SNAPSHOT -o BUNDLE   compile a snapshot into a bundle
  check SNAPSHOT               say what would be rejected, punted or without effect; write nothing
  explain INPUT [ADDRESS]      what happens to connections to ip:port, or requests to a host name
  trace INPUT --to ip:port     what happens to one connection or request, decided by the generated C
  trace --batch [INPUT]        the same for JSON lines on stdin, one JSON line out for each
  dump INPUT                   the tables, in words and bytes
  diff A B                     what changes for traffic from A to B

SNAPSHOT is an Envoy admin config_dump (GET /config_dump?include_eds, or istioctl proxy-config all POD -o json), a bootstrap,
one DiscoveryResponse (protobuf or JSON), or a folder of them; gzip and zstd files are read as they are; - is standard input. INPUT is a bundle
or a snapshot.

Common options:
  --json                 machine-readable output on stdout; its keys are in snake_case, as those of xDS
  --strict               of compile and check: punts are errors
  --diagnostics LEVEL    of compile and check: print diagnostics down to error, punt or note (default: punt; check: note)
  -h, --help             this text; COMMAND --help tells more
  --version              the version

Exit codes: 0 fine, 1 something was rejected, 2 usage, 3 internal error.
`;

export const commandHelp: Readonly<Record<string, string>> = {
  compile: `kmesh-compile compile SNAPSHOT -o BUNDLE: compile a snapshot into a bundle (a folder).

A resource that can't be expressed is rejected alone: the bundle holds the others and the exit code is 1.

Options:
  -o, --output DIR       where the bundle goes; replaced as a whole when it is there
  --no-validate          do not run the generated C against the reference interpreter
  --no-objects           tables and C only, no compiled programs
  --vip-selects-host     let the address a service is reached by choose its virtual host, whatever Host says (Istio's per-service
                         domains; decides more at connect, deviates from Envoy for requests with another Host)
  --json                 {"bundle": {...}, "summary": {...}, "diagnostics": [...]}; no "bundle" where none was written
  --strict, --diagnostics LEVEL
`,
  check: `kmesh-compile check SNAPSHOT: say what would be rejected (error), handed to a proxy (punt) or has no effect (note).

Options:
  --all                  every note and every punt with its path, instead of one per kind with a count (--json has every punt anyway)
  --json                 {"summary": {...}, "diagnostics": [...]}
  --strict               punts are errors
  --diagnostics LEVEL    print down to error, punt or note (default note)
`,
  explain: `kmesh-compile explain INPUT [ip:port | hostname]: the mesh in words.

Without an address: every listener with its tier (direct, l7, punt, pass), filter chains and targets.
With ip:port: the listener that takes it, its chains, routes and endpoints. With a host name: in
each route table the virtual host that takes it, by name, or by * where no table names it.

Options:
  --json                 {"listeners": [...]}, of a host name {"virtual_hosts": [...]}: the same words, each with its xDS path, and exact
                         probabilities
`,
  trace: `kmesh-compile trace INPUT --to ip:port [what the client sends]: what happens, decided by the generated C (compiled to wasm32) and by
the reference interpreter; prints the verdict, the endpoints and the rule that decided, with its xDS path.

  --to ip:port           the address the client connects to ([v6]:port)
  --from ip:port         the client's own address
  --request "GET /x"     an HTTP/1.1 request: method and path
  -H "name: value"       a header of it, repeatable; Host gives the authority (--host NAME is short for it)
  --head TEXT            exact bytes of a head instead; \\r \\n \\t \\xNN are understood
  --sni NAME --alpn a,b  a TLS ClientHello instead
  --raw TEXT             other first bytes instead
  -n DRAWS               also draw that many connections, as the kernel would, and count where they went
  --engine hir|wasm|both default both; exit 3 when they disagree
  --vip-selects-host     as compile does; changes where a request is decided, not how
  --json

  --batch                JSON lines in, JSON lines out, in order:
    {"id": 1, "snapshot": "dump.json", "to": "10.0.0.1:80", "request": {"method": "GET", "path": "/", "authority": "a", "headers": []}}
    "snapshot" may be left out when INPUT is given. Instead of "request": "head" or "raw" (latin-1 text), "tls": {"sni", "alpn": []}, or
    nothing. The answer has "verdict" (forward, redirect, respond, close, pass, punt, error), "why", names, exact probabilities.
`,
  dump: `kmesh-compile dump INPUT: every table as the kernel will hold it, words first, then bytes.

Options:
  --table NAME           only this table
  --all                  every record, also known header names and methods (the same in every bundle), texts and automata byte by byte
  --json                 {"tables": [{"name", "head", "entries": [...]}]}: the same lines; the first, "generation", is the header of all
`,
  diff: `kmesh-compile diff A B: what changes for traffic, in words. A and B are snapshots or bundles.

Prints listeners, routes, clusters and endpoints that come, go or change, and what that does to the shares of traffic; requests that are
answered otherwise, each with an example to give to trace (found by asking what the rules of both sides derive, one rule and two
neighbours at a time: not every request there is); and what is rejected or left to a proxy on one side only. Names, order and fields
without effect (notes of check, as timeouts and retries) are not compared; a cluster that has another name alone is told once.
Exit code 0 whether or not there are differences; --exit-code gives 1 when there are any.

Options:
  --json                 {"changes": [{"kind", "what", "path", "message"}], "moved": [{"before", "after", "count", "example"}],
                         "diagnostics": {"added": [...], "removed": [...]}}
  --exit-code            1 when there are differences
`,
};
