"""Adds certificates and changes their days. Whoever changes one has seen it as it is."""

from dataclasses import replace
from uuid import UUID

from kernel.db import Connection, Pool
from kernel.errors import ConflictError, InvalidError, NotFoundError
from people.ids import CaregiverId
from people.staff.certificates import store
from people.staff.certificates.store import Certificate, Change, Span


class CertificateChangedError(ConflictError):
    """Somebody else has changed it since it was read."""

    code = "certificate-changed"


class CertificateThereError(ConflictError):
    """The person has a certificate of that skill from that very day on."""

    code = "certificate-there"


async def add(
    pool: Pool, areas: frozenset[str], certificate: Certificate, change: Change
) -> Certificate:
    """Add a certificate; adding the same again changes nothing.

    Args:
        pool: of connections.
        areas: all areas the asker may see.
        certificate: its id is that of the event that adds it.
        change: who adds it, and when.

    Raises:
        NotFoundError: nobody such works in `areas`.
        InvalidError: it ends before it begins.
        CertificateThereError: there is one from that day on.
    """
    _checked(certificate.span)
    async with pool.acquire() as conn, conn.transaction():
        area = await _area(conn, certificate.caregiver_id, areas)
        if await store.add(conn, certificate):
            await store.write_down(conn, change, certificate, area, certificate.span)
            return certificate
        there = await store.lock(conn, certificate.id, sorted(areas))
    if there is None:
        raise CertificateThereError("There is a certificate of this skill from that day on.")
    return there[0]


async def _area(conn: Connection, who: CaregiverId, areas: frozenset[str]) -> str:
    area = await store.holder_area(conn, who, sorted(areas))
    if area is None:
        raise NotFoundError("There is no such caregiver.", id=who)
    return area


async def change_days(
    pool: Pool,
    areas: frozenset[str],
    certificate_id: UUID,
    span: Span,
    change: Change,
    *,
    version: int,
) -> Certificate:
    """Change number and days of a certificate; to what it already is changes nothing.

    Args:
        pool: of connections.
        areas: all areas the asker may see.
        certificate_id: which.
        span: its days from now on; one that ends is valid on its last day.
        change: who changes it, and when.
        version: that the asker has seen.

    Raises:
        NotFoundError: there is none such in `areas`.
        InvalidError: it ends before it begins.
        CertificateChangedError: it is no longer that of `version`.
        CertificateThereError: the person has another of that skill from that day on.
    """
    _checked(span)
    async with pool.acquire() as conn, conn.transaction():
        found = await store.lock(conn, certificate_id, sorted(areas))
        if found is None:
            raise NotFoundError("There is no such certificate.", id=certificate_id)
        there, area = found
        if there.span == span:
            return there
        if there.version != version:
            raise CertificateChangedError("Somebody else has changed this certificate.")
        if await store.is_taken(conn, there, span.valid_from):
            raise CertificateThereError("There is a certificate of this skill from that day on.")
        await store.save(conn, certificate_id, span)
        await store.write_down(conn, change, there, area, span)
    return replace(there, span=span, version=version + 1)


def _checked(span: Span) -> None:
    if span.valid_to is not None and span.valid_to < span.valid_from:
        raise InvalidError("It ends before it begins.", field="valid_to")
