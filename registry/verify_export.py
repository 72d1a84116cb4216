#!/usr/bin/env python3
"""离线核验清册台账的导出文件。只用 Python（3.8 以上）自带的程序库，不联网，不用安装任何东西。

用法：python3 verify_export.py 文件 [--root 摘要]

文件每行是一段 JSON：文件头、各检查点、各条记录、（一家组织的文件还有）证明、结尾。本程序依次核对：

一、记录。每条的摘要由其内容重新算出，与所载一致；序号连续，每条都带着上一条的摘要。改动、删除、插入、调换任何一条都会露出来。
二、检查点。每个的摘要由其内容重新算出，编号连续，每个都带着上一个的摘要。
三、根摘要。整本台账的文件：由全部记录重新长出各检查点的树，树根与所载根摘要一致，截去链尾、抹去整条链也会露出来。
   一家组织的文件：从它的链尾沿所附路径算到树根，与检查点所载根摘要一致。

文件前后一致，只说明它没有被零星改动；要证明它就是当时的台账，须与在系统之外留存的摘要比对，即给出 --root：每次导出的
manifest.json 都载有最新检查点的根摘要和检查点摘要，可从早先发出的任何一份上抄录。

算法与程序所用的相同，但另写一遍，互为校验；说明见 registry/ledger.py。
"""

import argparse
import gzip
import hashlib
import json
import sys
from itertools import groupby


class Broken(Exception):
    """不符；文字说明何处、何故。"""


def claim(holds, otherwise):
    """不成立即报不符。"""
    if not holds:
        raise Broken(otherwise)


# --- 摘要和树 -------------------------------------------------------------------------------------------


def canonical(value):
    """返回规范文本：键按字节长度、再按字节排序，逗号和冒号后各一个空格，非 ASCII 字符照写。"""
    return json.dumps(ordered(value), ensure_ascii=False)


def ordered(value):
    """把各层的键排好序。"""
    if isinstance(value, dict):
        return {key: ordered(value[key]) for key in sorted(value, key=lambda key: (len(key.encode()), key.encode()))}
    return [ordered(each) for each in value] if isinstance(value, list) else value


def digest(record):
    """返回一条记录的摘要：规范文本的 SHA-256。"""
    return hashlib.sha256(canonical(record).encode()).hexdigest()


def leaf(head):
    """返回一条链的叶子：字节 0 加链尾的规范文本，取 SHA-256。"""
    return hashlib.sha256(b"\x00" + canonical(head).encode()).digest()


def join(left, right):
    """返回相邻两个节点的上一层：字节 1 加左、右，取 SHA-256。"""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """一片一片加叶子的 Merkle 树（RFC 6962）。"""

    def __init__(self):
        self.chains, self.events, self.peaks = 0, 0, []

    def add(self, node, count):
        """加一片叶子，它是一条有 count 条记录的链。"""
        size = self.chains
        while size % 2:
            node, size = join(self.peaks.pop(), node), size // 2
        self.peaks.append(node)
        self.chains, self.events = self.chains + 1, self.events + count

    def root(self):
        """返回树根。"""
        if not self.peaks:
            return hashlib.sha256().hexdigest()
        node = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            node = join(peak, node)
        return node.hex()


# --- 一段一段地核对 -------------------------------------------------------------------------------------


def check_checkpoints(lines):
    """核对检查点，返回它们。"""
    checkpoints = []
    for line in lines:
        told, previous = line["record"], checkpoints[-1]["digest"] if checkpoints else ""
        where = f"检查点第 {told['number']} 号（{told['on']}）"
        claim(digest(told) == line["digest"], f"{where}：内容被改动，摘要不符")
        claim(told["number"] == len(checkpoints) + 1, f"{where}：编号不连续，此处应为第 {len(checkpoints) + 1} 号")
        claim(told["previous"] == previous, f"{where}：与上一检查点不衔接")
        checkpoints.append({**told, "digest": line["digest"]})
    return checkpoints


def check_chain(lines):
    """核对一条链，返回每条记录的行号和摘要。"""
    links = []
    for line in lines:
        told, previous = line["record"], links[-1][1] if links else ""
        where = f"{line.get('code') or told['chain']} 第 {told['seq']} 条"
        claim(digest(told) == line["digest"], f"{where}：内容被改动，摘要不符")
        claim(told["seq"] == len(links) + 1, f"{where}：序号不连续，此处应为第 {len(links) + 1} 条")
        claim(told["previous"] == previous, f"{where}：与上一条不衔接（上一条摘要不符）")
        links.append((line.get("id", told["seq"]), line["digest"]))
    return links


def head_of(chain, code, links, count):
    """返回一条链有 count 条记录时的链尾。"""
    head = {"chain": chain, "count": count, "head": links[count - 1][1]}
    return {**head, "code": code} if code else head


def plant(chain, code, links, trees):
    """把一条链在各检查点时的链尾加到各棵树上；返回最后一个检查点所含的条数。"""
    covered = 0
    for told, tree in trees:
        cut = told["cuts"]["organisations"] if code else told["cuts"].get(chain, 0)
        covered = sum(place <= cut for place, _ in links)
        if covered:
            tree.add(leaf(head_of(chain, code, links, covered)), covered)
    return covered


def check_proof(proof, chain, code, links, checkpoints):
    """从一家组织的链尾算到树根；返回证明所对的检查点。"""
    number, count = proof["checkpoint"], proof["count"]
    claim(0 < number <= len(checkpoints), f"文件中没有第 {number} 号检查点")
    claim(0 < count <= len(links), f"{code}：证明所载条数 {count} 与记录不符，链尾可能被截去")
    node = leaf(head_of(chain, code, links, count))
    for side, beside in proof["path"]:
        node = join(bytes.fromhex(beside), node) if side == "left" else join(node, bytes.fromhex(beside))
    claim(node.hex() == checkpoints[number - 1]["root"], f"{code}：链尾算不到检查点第 {number} 号的根摘要")
    return checkpoints[number - 1]


def check_roots(trees):
    """比较各检查点的树根。"""
    for told, tree in trees:
        claim(
            (tree.root(), tree.chains, tree.events) == (told["root"], told["chains"], told["events"]),
            f"检查点第 {told['number']} 号（{told['on']}）：根摘要与记录不符，它所含的记录有改动、删除或者添加",
        )


class Lines:
    """文件的各行，按段取出。"""

    def __init__(self, file):
        self.file, self.number = file, 0
        self.step()

    def step(self):
        """读下一行。"""
        text = self.file.readline()
        self.number += 1
        self.line = json.loads(text) if text else {"kind": ""}

    def all(self, kind):
        """逐行取出这一段。"""
        while self.line["kind"] == kind:
            line = self.line
            self.step()
            yield line

    def one(self, kind, otherwise):
        """取出只有一行的一段。"""
        found = list(self.all(kind))
        claim(len(found) == 1, otherwise)
        return found[0]


def check(lines):
    """核对全部内容；返回文件头、检查点、根摘要经过核对的最后一个检查点、链数、条数、其后的条数。"""
    header = lines.one("header", "缺少文件头，或者不是台账的导出文件")
    claim(header["format"] == 1, "文件格式不是本程序所能核验的")
    checkpoints = check_checkpoints(lines.all("checkpoint"))
    trees = [(told, Tree()) for told in checkpoints]
    chains = events = later = 0
    chain, code, links, before, books = "", "", [], "", set()
    for (chain, code), records in groupby(lines.all("record"), key=chain_of):
        links = check_chain(records)
        in_place = code > before if code else not before and chain not in books
        claim(in_place, f"{code or chain}：这条链出现了两次，或者不在应在的地方（先是各本台账，再按代码排列）")
        before, books = code, books if code else {*books, chain}
        later += len(links) - plant(chain, code, links, trees)
        chains, events = chains + 1, events + len(links)
    proven = None
    if header["scope"] == "whole":
        check_roots(trees)
        proven = checkpoints[-1] if checkpoints else None
    else:
        claim(chains == 1 and code == header["code"], "文件所载不是文件头所说的组织")
        for proof in lines.all("proof"):
            proven, later = check_proof(proof, chain, code, links, checkpoints), events - proof["count"]
    end = lines.one("end", "文件不完整：缺少结尾，可能没有下载完，或者有一行不在应在的地方")
    claim((end["chains"], end["records"]) == (chains, events), "结尾所载的链数、条数与文件不符")
    claim(lines.line["kind"] == "", "结尾之后还有内容")
    return header, checkpoints, proven, chains, events, later


def chain_of(line):
    """返回一条记录属于哪条链、哪家组织。"""
    return line["record"]["chain"], line.get("code", "")


def check_root(root, header, checkpoints, proven):
    """与系统之外留存的摘要比对；返回比对上的检查点。"""
    is_whole = header["scope"] == "whole"
    for told in checkpoints if proven else ():
        if root == told["root"] and (is_whole or told["number"] == proven["number"]):
            return told
        if root == told["digest"] and (is_whole or told["number"] >= proven["number"]):
            return told
    raise Broken("给出的摘要不在文件中：文件不是当时的台账，或者早于那个检查点")


def main(arguments=None):
    """核验命令行给出的文件；通过返回 0，不通过返回 1。"""
    parser = argparse.ArgumentParser(description="离线核验清册台账的导出文件")
    parser.add_argument("file", metavar="文件")
    parser.add_argument("--root", metavar="摘要", default="", help="在系统之外留存的根摘要或者检查点摘要")
    asked = parser.parse_args(arguments)
    opened = gzip.open if asked.file.endswith(".gz") else open
    lines = None
    try:
        with opened(asked.file, "rt", encoding="utf-8") as file:
            lines = Lines(file)
            header, checkpoints, proven, chains, events, later = check(lines)
        matched = check_root(asked.root.strip().lower(), header, checkpoints, proven) if asked.root else None
    except Broken as broken:
        print(f"核验不通过。{broken}")
        return 1
    except OSError as error:
        print(f"打不开文件 {asked.file}（{error}）")
        return 1
    except (EOFError, KeyError, TypeError, ValueError) as error:
        print(f"核验不通过。第 {lines.number if lines else 1} 行读不懂，文件被改动或者不完整（{error!r}）")
        return 1
    print(f"核验通过：{'整本台账' if header['scope'] == 'whole' else header['code']}，{chains} 条链，{events} 条记录。")
    if proven:
        print(f"检查点 {len(checkpoints)} 个，根摘要核对到第 {proven['number']} 号（{proven['on']}）：{proven['root']}")
        print(f"检查点摘要：{proven['digest']}")
    print(f"其中 {later} 条记录晚于该检查点，尚无检查点固定。" if proven else "这些记录尚无检查点固定。")
    if matched:
        print(f"与给出的摘要一致：第 {matched['number']} 号检查点（{matched['on']}）。")
    elif proven:
        print("尚未与系统之外留存的摘要比对；请用 --root 给出早先导出清单上的根摘要或者检查点摘要。")
    return 0


if __name__ == "__main__":
    sys.exit(main())
