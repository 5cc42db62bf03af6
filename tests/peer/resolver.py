"""A resolver that knows a few names, some of them badly.

resolver.py ADDRESS JSON: a member for each name: a list of addresses ("=NAME" is an alias in front of them), a number that is
the rcode of the answer, or null, which is never answered. Other names do not exist.
"""
import ipaddress
import json
import socket
import struct
import sys

NXDOMAIN, A, CNAME, AAAA = 3, 1, 5, 28


def name_bytes(name):
    return b''.join(bytes([len(label)]) + label.encode() for label in name.split('.')) + b'\0'


def question(query):
    """Name, type, and the question's bytes."""
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode())
        at += 1 + query[at]
    return '.'.join(labels).lower(), struct.unpack_from('>H', query, at + 1)[0], query[12:at + 5]


def record(name, kind, data):
    return name_bytes(name) + struct.pack('>HHIH', kind, 1, 300, len(data)) + data


def answer(query, names):
    name, kind, asked = question(query)
    known = names.get(name, NXDOMAIN)
    if known is None:
        return None
    records = []
    for word in known if isinstance(known, list) else []:
        if word[0] == '=':
            records.append(record(name, CNAME, name_bytes(word[1:])))
            name = word[1:]
            continue
        address = ipaddress.ip_address(word)
        if (address.version == 4) == (kind == A) and kind in (A, AAAA):
            records.append(record(name, kind, address.packed))
    rcode = 0 if isinstance(known, list) else known
    return query[:2] + struct.pack('>HHHHH', 0x8180 | rcode, 1, len(records), 0, 0) + asked + b''.join(records)


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind((sys.argv[1], 53))
        names = json.loads(sys.argv[2])
        print('ready', flush=True)
        while True:
            query, client = s.recvfrom(4096)
            reply = answer(query, names)
            if reply:
                s.sendto(reply, client)


if __name__ == '__main__':
    main()
