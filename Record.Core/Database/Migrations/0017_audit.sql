-- Audit: from where, seals that show tampering, nothing changed or removed, and unusual access raised for review (ADR 0014).

-- The transaction that wrote a row: rows are sealed by windows of transactions that have all ended, so that none appears behind the seal.
alter table record.audit add column network text;
alter table record.audit add column xid bigint not null default pg_current_xact_id()::text::bigint;
drop index record.audit_by_time;
create index audit_by_window on record.audit using brin (xid, at) with (pages_per_range = 32, autosummarize = on);
create index audit_by_actor on record.audit (actor, at);

create function record.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'record.% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger append_only before update or delete or truncate on record.audit for each statement execute function record.refuse_change();

-- One row a block of audit rows: their ids, a digest of each, and a head that is chained to the block before.
-- A window of transactions has one block or, where it holds many rows, several by id.
create table record.audit_seal (
    block bigint primary key,
    window_start bigint not null,
    window_end bigint not null,
    after_id bigint not null,
    closes_window boolean not null,
    ids bigint[] not null,
    digests bytea not null,
    key text,
    head bytea not null,
    sealed_at timestamptz not null,
    check (window_start < window_end),
    check (length(digests) = 16 * cardinality(ids))
);
create trigger append_only before update or delete or truncate on record.audit_seal for each statement execute function record.refuse_change();

-- What is known of staff, from the employer's register: to see when somebody opens their own record or a colleague's.
create table record.staff (
    actor text primary key,
    name text not null,
    family text not null,
    given text not null,
    organisation text not null,
    nhs_number text,
    birth_date text,
    postcode text,
    address text
);

-- Access that somebody should look at. One open row a rule, user and subject; what follows while it is open is counted there.
create table record.unusual_access (
    id uuid primary key,
    rule text not null,
    actor text not null,
    role text not null,
    organisation text not null,
    subject text not null,                  -- a source patient, or the day of a run
    patients text[] not null,
    why text not null,
    first_at timestamptz not null,
    last_at timestamptz not null,
    rows bigint[] not null,                 -- of record.audit, the first hundred
    seen integer not null,
    raised_at timestamptz not null,
    decision text check (decision in ('justified', 'not-justified')),
    note text,
    decided_by text,
    decided_at timestamptz,
    check ((decision is null) = (decided_at is null) and (decision is null) = (decided_by is null)),
    check (decision is null or note <> '')
);
create unique index unusual_access_open on record.unusual_access (rule, actor, subject) where decision is null;
create index unusual_access_of_staff on record.unusual_access (organisation, raised_at);
create index unusual_access_of_patient on record.unusual_access using gin (patients);

-- How far the rules have looked: the last block of seals.
create table record.unusual_access_place (
    one boolean primary key default true check (one),
    block bigint not null
);
insert into record.unusual_access_place (block) values (0);

grant select, insert on record.audit_seal to record_worker;
grant select on record.audit_seal to record_api;
grant select, insert, update, delete on record.staff to record_worker;
grant select on record.staff to record_api;
grant select, insert, update on record.unusual_access to record_worker;
grant select on record.unusual_access to record_api;
grant update (decision, note, decided_by, decided_at) on record.unusual_access to record_api;
grant select, update on record.unusual_access_place to record_worker;
