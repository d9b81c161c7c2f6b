"""What a document's own words plainly say of its way: how many matters it has, whether it asks."""

from __future__ import annotations

import re

_QUOTED = re.compile(r"《[^《》]*》|“[^“”]*”|（[^（）]*）")
_MATTER = re.compile(r"关于")
_JOINS = re.compile(r"[、，,；;]|以及|及其|并且|同时|及|和|与|并|暨")
_LEADS = re.compile(
    r"(?:申请|恳请|恳求|请求|提请|报请|呈请|呈报|请予|同意|批准|审批|核准|要求|拟|需|给予|予以|支持|帮助|协调|协助|"
    r"尽快|尽早|抓紧|进一步|妥善|适当|重新|继续|统一|一次性|临时|全面|依法|新)+"
)
"""What may stand before the verb that says what is asked for."""
_DEMANDS = re.compile(
    "增加|追加|增设|增拨|增配|增派|增补|核增|核减|核定|核拨|核销|减少|减免|免除|免征|缓缴|购置|购买|采购|配备|配置|配发|更新|更换|"
    "修缮|维修|修复|修建|修编|改造|改建|新建|扩建|迁建|重建|兴建|建设|建立|搭建|设立|设置|成立|组建|筹建|撤销|撤并|合并|恢复|保留|"
    "拨付|拨给|拨款|调拨|划拨|划转|划定|下拨|安排|解决|落实|提供|返还|借用|借调|调入|调剂|调整|调配|招聘|招录|招考|招标|录用|聘用|"
    "任命|任免|选派|派遣|抽调|征收|征用|征地|收回|收购|出让|转让|租赁|租用|承租|出租|处置|报废|拍卖|置换|盘活|举办|承办|申办|主办|"
    "召开|开展|启动|实施|推行|试行|开通|开设|开办|延长|缩短|变更|变动|命名|更名|冠名|表彰|奖励|追授|授予|认定|评定|列入|纳入|"
    "提高|提升|降低|取消|制定|制订|修订|印发|出台|发行|发放|补助|补贴|补偿|赔偿|兑现|清退|关闭|搬迁|迁移|拆除"
)
"""Verbs that ask for something, each for a thing of its own. What is in no list makes no matter of its own."""

_SHORTEST_OBJECT = 2
"""Characters: behind a shorter rest a verb has no object of its own (新增及调整 does not ask for two things)."""

_ASKS = re.compile(
    r"(?:妥否|当否|可否|可行否|是否(?:妥当|可行|同意))[，,]?(?:请|敬请|恳请)"
    r"|(?:请|敬请|恳请|特请|请求)(?:上级|市政府|省政府|国务院)?(?:予以|给予|尽快|尽早)?(?:审批|批准|批复|批示|核准)(?!的)"
    r"|特此请示|请示事项如下"
)


def matters_in(title: str) -> tuple[str, ...]:
    """Return the matters that a title names: one behind each 关于 that is not part of a quoted title, and in it each
    thing that is asked for by a verb and an object of its own (增加编制、购置车辆及修缮房屋 are three).

    Several verbs of one object (购置、安装设备) are one matter, and so are several objects of one verb. The result is
    empty if the title names none.
    """
    plain = _QUOTED.sub("", "".join(title.split()))
    return tuple(matter for part in _MATTER.split(plain)[1:] if part for matter in _demanded(part))


def _demanded(part: str) -> tuple[str, ...]:
    """What one 关于 asks for, if that is several things; else the part as it stands."""
    pieces = _JOINS.split(part.rpartition("的")[0] or part)
    found = tuple(piece for piece in pieces if _has_an_object(_LEADS.sub("", piece, count=1) if piece else piece))
    return found if len(found) > 1 else (part,)


def _has_an_object(piece: str) -> bool:
    verb = _DEMANDS.match(piece)
    return verb is not None and len(piece) - verb.end() >= _SHORTEST_OBJECT


def asks_for_a_decision(body: str) -> bool:
    """Return whether a text says plainly that something be approved or decided (夹带请示事项); quoted words do not."""
    return _ASKS.search(_QUOTED.sub("", "".join(body.split()))) is not None
