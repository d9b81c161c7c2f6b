"""What PostgreSQL refuses has its cause and remedy: by its code, or where a connection failed in its language."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import create_engine

from exchange.errors import DatabaseUnavailable
from exchange.language import Language
from exchange.store.faults import translated

ENGINE = create_engine("postgresql+psycopg://hefei:secret@db.example/exchange")
HEAD = 'connection failed: connection to server at "10.0.0.1", port 5432 failed: '


def found(error: BaseException) -> DatabaseUnavailable:
    """The exchange's own error for one of psycopg's, as it is raised while a connection is made."""
    with pytest.raises(DatabaseUnavailable) as caught, translated(ENGINE):
        raise error
    return caught.value


@pytest.mark.parametrize(
    ("english", "chinese", "what"),
    [
        ('password authentication failed for user "x"', '用户 "x" Password 认证失败', "password is wrong"),
        ('database "x" does not exist', '数据库 "x" 不存在', "no such database"),
        ('role "x" does not exist', '角色 "x" 不存在', "password is wrong"),
        ("sorry, too many clients already", "对不起, 已经有太多的客户", "no connection left"),
        ('too many connections for role "x"', '由角色"x"发起的连接太多了', "no connection left"),
        ("the database system is starting up", "数据库系统启动中", "starting or stopping"),
        ("the database system is shutting down", "数据库系统停止中", "starting or stopping"),
        (
            'no pg_hba.conf entry for host "1", user "x", database "y", no encryption',
            '没有用于主机 "1", 用户 "x", 数据库 "y", 没有加密 的 pg_hba.conf 记录',
            "does not let this account in",
        ),
    ],
)
def test_a_connection_refused_in_chinese_is_understood_as_in_english(english: str, chinese: str, what: str) -> None:
    """The words are those of PostgreSQL's own Chinese catalogue (postgres.mo, zh_CN)."""
    spoken = [
        found(psycopg.OperationalError(f"{HEAD}{fatal}:  {text}"))
        for fatal, text in (("FATAL", english), ("致命错误", chinese))
    ]
    assert all(what in str(one) for one in spoken)
    assert spoken[0].remedy == spoken[1].remedy


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (psycopg.errors.DiskFull, "disk is full"),
        (psycopg.errors.OutOfMemory, "out of memory"),
        (psycopg.errors.TooManyConnections, "no connection left"),
        (psycopg.errors.ReadOnlySqlTransaction, "standby"),
        (psycopg.errors.InsufficientPrivilege, "lacks a privilege"),
        (psycopg.errors.AdminShutdown, "starting or stopping"),
        (psycopg.errors.CannotConnectNow, "starting or stopping"),
        (psycopg.errors.InvalidPassword, "password is wrong"),
        (psycopg.errors.InvalidCatalogName, "no such database"),
        (psycopg.errors.UndefinedTable, "tables are missing"),
        (psycopg.errors.IoError, "cannot read or write its disk"),
    ],
)
def test_what_has_a_code_is_known_by_it_whatever_the_words(kind: type[psycopg.Error], what: str) -> None:
    assert what in str(found(kind("无法扩展文件: 设备上没有空间")))


def test_a_full_disk_says_in_both_languages_what_it_is_and_what_to_do() -> None:
    error = found(psycopg.errors.DiskFull("could not extend file"))
    assert error.remedy == "make room on it; nothing is lost, what waits is taken in then"
    shown = error.diagnostics(Language.CHINESE)
    assert "数据库的磁盘已满" in shown
    assert "腾出空间" in shown


def test_a_missing_privilege_is_told_with_its_statement_in_both_languages() -> None:
    error = found(psycopg.errors.InsufficientPrivilege("permission denied for schema x"))
    for wanted in Language:
        shown = error.diagnostics(wanted)
        assert 'ON SCHEMA "of the member" TO "hefei"' in shown
        assert 'GRANT CREATE ON DATABASE "exchange" TO "hefei"' in shown
        assert "secret" not in shown
