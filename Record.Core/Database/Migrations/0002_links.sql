-- Identity: links, not merges. A source patient is linked to one person at a time; a new link supersedes the old.

create table record.person (
    id uuid primary key,
    created_at timestamptz not null
);

create table record.link (
    id uuid primary key,
    patient text collate "C" not null,
    person uuid not null references record.person (id),
    method text not null,
    score numeric,
    decided_by text not null,
    decided_at timestamptz not null,
    supersedes uuid unique references record.link (id),
    current boolean not null default true,
    check (supersedes <> id)
);
create unique index one_current_person_per_patient on record.link (patient) where current;
create index patients_of_person on record.link (person) where current;

-- What a source patient can be matched by: filled only where the source calls the NHS number verified.
create table record.match_key (
    patient text collate "C" primary key,
    nhs_number text collate "C" not null,
    birth_date date not null
);
create index match_by_nhs_number on record.match_key (nhs_number, birth_date);

grant select, insert on record.person to record_worker;
grant select, insert on record.link to record_worker;
grant update (current) on record.link to record_worker;
grant select, insert, update, delete on record.match_key to record_worker;
grant select on record.person, record.link to record_api, reporting;
