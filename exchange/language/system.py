"""What the operating system and libraries say of files and connections, in Chinese: they have no catalogue of ours."""

from __future__ import annotations

import errno
import os

_CHINESE = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "不允许",
    errno.EISDIR: "是文件夹",
    errno.ENOTDIR: "不是文件夹",
    errno.EEXIST: "已存在",
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "超出磁盘配额",
    errno.EROFS: "文件系统只读",
    errno.ENAMETOOLONG: "名称过长",
    errno.ELOOP: "链接成环",
    errno.EMFILE: "打开的文件过多",
    errno.EIO: "读写出错",
    errno.EADDRINUSE: "地址已被占用",
    errno.EADDRNOTAVAIL: "地址不可用",
    errno.ECONNREFUSED: "连接被拒绝",
    errno.ECONNRESET: "连接被对方断开",
    errno.ETIMEDOUT: "连接超时",
    errno.EHOSTUNREACH: "主机不可达",
    errno.ENETUNREACH: "网络不可达",
}
SYSTEM = {os.strerror(number): said for number, said in _CHINESE.items()}
SYSTEM |= {
    "Name or service not known": "主机名不明",
    "low on memory": "内存不足",
    "low on disk": "磁盘空间不足",
    "low on memory & disk": "内存和磁盘空间不足",
    "No answer in time": "未及时回应",
    "TLS is spoken on one side only": "只有一方使用 TLS",
    "It takes the connection and does not answer": "接受连接却不回应",
    "what listens there does not speak AMQP, or not yet, or wants TLS": "那里监听的不用 AMQP，或尚未就绪，或要求 TLS",
}
SYSTEM |= {english.lower(): said for english, said in SYSTEM.items()}
SYSTEM |= {english[0].lower() + english[1:]: said for english, said in SYSTEM.items()}
"""By the English sentence, as it stands in errors; whole sentences only."""
