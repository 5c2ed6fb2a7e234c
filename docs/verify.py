#!/usr/bin/env python3
"""verify.py PROOF.json [PUBLIC_KEY.pem]: does the event of a `rampart audit prove` stand in the trail?
Checks the event's own hash, the RFC 6962 path to the checkpoint's root, and its Ed25519 signature (RFC 8032). Without
a key of yours that of the proof is used and printed: compare it with the one you know. Needs Python 3 alone."""
import base64, hashlib, json, sys
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
def sha(*parts): return hashlib.sha256(b"".join(parts)).digest()
def add(a, b):  # points of the twisted Edwards curve, extended coordinates
    e, f = (a[1] - a[0]) * (b[1] - b[0]), (a[1] + a[0]) * (b[1] + b[0])
    c, d = 2 * a[3] * b[3] * D, 2 * a[2] * b[2]
    w, x, y, z = f - e, d - c, d + c, f + e
    return (w * x % P, y * z % P, x * y % P, w * z % P)
def times(n, point):
    total = (0, 1, 1, 0)
    for bit in bin(n)[2:]: total = add(add(total, total), point if bit == "1" else (0, 1, 1, 0))
    return total
def point(data):  # RFC 8032, 5.1.3
    y = int.from_bytes(data, "little"); sign = y >> 255; y &= 2**255 - 1
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P: x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - x2) % P or (x == 0 and sign): raise ValueError("not a point")
    if x & 1 != sign: x = P - x
    return (x, y, 1, x * y % P)
def signed(key, message, signature):  # RFC 8032, 5.1.7
    r, s = point(signature[:32]), int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    a, b = times(s, point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))), add(r, times(h, point(key)))
    return len(signature) == 64 and s < L and all((a[i] * b[2] - b[i] * a[2]) % P == 0 for i in (0, 1))
def root(leaf, index, size, path):  # RFC 9162, 2.1.3.2
    fn, sn, node = index, size - 1, leaf
    for sibling in path:
        if sn == 0: raise ValueError("the path is too long")
        if fn & 1 or fn == sn:
            node = sha(b"\1", sibling, node)
            while not fn & 1 and fn: fn >>= 1; sn >>= 1
        else: node = sha(b"\1", node, sibling)
        fn >>= 1; sn >>= 1
    if sn: raise ValueError("the path is too short")
    return node

try:
    proof = json.load(open(sys.argv[1], encoding="utf-8"))
    raw = base64.b64decode("".join(open(sys.argv[2]).read().split("\n")[1:-2]))[-32:] if len(sys.argv) > 2 else None
    key = raw or base64.b64decode(proof["public_key"])
    line, (text, lines) = proof["event"].encode(), proof["checkpoint"].split("\n\n")
    origin, size, top = text.split("\n")
    own = json.loads(line)["hash"]  # the event's hash covers its line without the hash
    assert own == "sha256:" + sha(line.replace(b'"hash":"%s",' % own.encode(), b"")).hex(), "the event's own hash"
    assert key == base64.b64decode(proof["public_key"]), "the key is not yours"
    path = [base64.b64decode(one) for one in proof["hashes"]]
    assert int(size) == proof["size"] > proof["index"] >= 0, "the size"
    assert root(sha(b"\0", line), proof["index"], int(size), path) == base64.b64decode(top), "the path to the root"
    name, note = lines.split("\n")[0][2:].split(" "); note = base64.b64decode(note)
    assert name == origin and note[:4] == sha(f"{name}\n\1".encode(), key)[:4], "the name of the key"
    assert signed(key, f"{text}\n".encode(), note[4:]), "the signature"
except (AssertionError, ValueError, KeyError, IndexError, OSError) as error: sys.exit(f"FAILS: {error}")
print(f"holds: event {proof['index'] + 1} of {size} of {origin}, key {base64.b64encode(key).decode()}")
