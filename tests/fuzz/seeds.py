#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Makes seeds for fuzz_story from classic pcap files of link type RAW or EN10MB.
# usage: seeds.py FOLDER CAPTURE...
import os
import struct
import sys

LARGEST = 4096  # octets of one seed
HEADERS = 120  # octets of one packet that are kept: its lengths are cut to fit


def packets(path):
    with open(path, "rb") as file:
        data = file.read()
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    nano = data[:4] in (b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d")
    link = struct.unpack(order + "I", data[20:24])[0] & 0xFFFF
    at = 24
    while at + 16 <= len(data):
        seconds, part, caught, _ = struct.unpack(order + "IIII", data[at : at + 16])
        octets = data[at + 16 : at + 16 + caught]
        at += 16 + caught
        milliseconds = seconds * 1000 + part // (1000000 if nano else 1000)
        yield milliseconds, octets[14:] if link == 1 else octets


def shorten(ip):
    """Cuts the payload, and says so in the IP header."""
    ip = bytearray(ip[:HEADERS])
    if ip[0] >> 4 == 4:
        ip[2:4] = struct.pack(">H", len(ip))
    else:
        ip[4:6] = struct.pack(">H", max(0, len(ip) - 40))
    return bytes(ip)


def story(captured):
    out, last = bytearray([0]), None
    for ms, ip in captured:
        delta = 0 if last is None else max(0, ms - last)
        last = ms
        ip = shorten(ip)
        if len(out) + 4 + len(ip) > LARGEST:
            break
        in_seconds = delta > 255
        out += struct.pack("<HBB", len(ip), min(255, delta // 1000 if in_seconds else delta), in_seconds)
        out += ip
    return out


def main():
    os.makedirs(sys.argv[1], exist_ok=True)
    for path in sys.argv[2:]:
        name = "-".join(path.split(os.sep)[-2:]).replace(".pcap", "")
        with open(os.path.join(sys.argv[1], name), "wb") as file:
            file.write(story(packets(path)))


main()
