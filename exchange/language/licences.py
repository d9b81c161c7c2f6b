"""What is said of licences: how they stand, what was entered on them, and what came of verifying one."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.language.choice import Words

LICENCE_STANDINGS: Mapping[str, Words] = {
    "valid": ("有效", "valid"),
    "not-yet": ("尚未生效", "not valid yet"),
    "expired": ("已过有效期", "expired"),
    "revoked": ("已撤销", "revoked"),
    "cancelled": ("已注销", "cancelled"),
}
LICENCE_CHANGES: Mapping[str, Words] = {
    "renewed": ("延续", "renewed"),
    "changed": ("变更", "changed"),
    "revoked": ("撤销", "revoked"),
    "cancelled": ("注销", "cancelled"),
}
ANSWER_RESULTS: Mapping[str, Words] = {
    "found": ("查到", "found"),
    "none": ("登记簿中没有", "not in the register"),
    "refused": ("不予提供", "not told"),
}
VERIFICATIONS: Mapping[str, Words] = {
    **LICENCE_STANDINGS,
    "elsewhere": (
        "签名真实；是否有效须向发证机关查询",
        "authentic; whether it is valid says the register of its issuer",
    ),
    "not-ours": ("不是本系统签发的许可证件，或者内容已被改动", "not issued by us, or altered since"),
}
