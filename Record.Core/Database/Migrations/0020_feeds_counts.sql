-- Feeds: what has come from each source, counted in the transaction that stores it, so that asking how feeds stand reads no
-- message but those that wait.
create table record.message_count (
    source text collate "C" primary key,
    received bigint not null,
    first_received_at timestamptz not null,
    last_received_at timestamptz not null,
    last_event_at timestamptz
) with (fillfactor = 10); -- one row a source, changed by each batch: new versions stay on its page

insert into record.message_count (source, received, first_received_at, last_received_at, last_event_at)
select source, count(*), min(received_at), max(received_at), max(event_time) filter (where state <> 'refused') from record.message group by source;

grant select, insert, update on record.message_count to record_api, record_worker;
