/* A librdkafka producer that measures: records/s, and the time from produce to delivery report.
 *
 *     producer BOOTSTRAP TOPIC PARTITIONS RECORDS SIZE RATE
 *
 * RATE in records/s; 0 is as fast as the client can. Idempotent, acks=all. Prints one line:
 * records seconds records_per_s p50_ms p99_ms max_ms failed client_cpu_s
 */
#define _GNU_SOURCE
#include <librdkafka/rdkafka.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static float *latencies;
static long delivered, failed;

static int64_t now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void report(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque) {
    (void)rk;
    (void)opaque;
    if (message->err) {
        failed++;
        return;
    }
    latencies[delivered++] = (float)(now_us() - (int64_t)(intptr_t)message->_private) / 1000;
}

static int compare(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

static void set(rd_kafka_conf_t *conf, const char *key, const char *value) {
    char error[256];
    if (rd_kafka_conf_set(conf, key, value, error, sizeof error) != RD_KAFKA_CONF_OK) {
        fprintf(stderr, "%s\n", error);
        exit(1);
    }
}

int main(int argc, char **argv) {
    if (argc != 7) {
        fprintf(stderr, "usage: producer BOOTSTRAP TOPIC PARTITIONS RECORDS SIZE RATE\n");
        return 64;
    }
    int partitions = atoi(argv[3]);
    long records = atol(argv[4]);
    size_t size = (size_t)atol(argv[5]);
    double rate = atof(argv[6]);
    char error[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", argv[1]);
    set(conf, "enable.idempotence", "true");
    set(conf, "acks", "all");
    /* At a given rate the broker's own time is wanted, not the client's wait for more. */
    set(conf, "linger.ms", rate > 0 ? "0" : "5");
    set(conf, "queue.buffering.max.messages", "100000");
    set(conf, "queue.buffering.max.kbytes", "1048576");
    rd_kafka_conf_set_dr_msg_cb(conf, report);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
    if (!rk) {
        fprintf(stderr, "%s\n", error);
        return 1;
    }
    rd_kafka_topic_t *topic = rd_kafka_topic_new(rk, argv[2], NULL);
    latencies = malloc((size_t)records * sizeof *latencies);
    char *value = malloc(size);
    for (size_t i = 0; i < size; i++) value[i] = (char)(33 + (i * 7) % 90);

    /* Connected, with metadata and a producer id, before the clock starts. */
    rd_kafka_produce(topic, 0, RD_KAFKA_MSG_F_COPY, value, size, NULL, 0, (void *)(intptr_t)now_us());
    rd_kafka_flush(rk, 30000);
    delivered = 0;

    int64_t start = now_us();
    for (long n = 0; n < records; n++) {
        if (rate > 0) {
            int64_t due = start + (int64_t)((double)n * 1e6 / rate), wait;
            while ((wait = due - now_us()) > 0) rd_kafka_poll(rk, wait > 1000 ? 1 : 0);
        }
        while (rd_kafka_produce(topic, (int)(n % partitions), RD_KAFKA_MSG_F_COPY, value, size, NULL, 0,
                                (void *)(intptr_t)now_us()) == -1)
            rd_kafka_poll(rk, 1);
        if (n % 64 == 0) rd_kafka_poll(rk, 0);
    }
    rd_kafka_flush(rk, 120000);
    double seconds = (double)(now_us() - start) / 1e6;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double cpu = (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6 +
                 (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6;
    qsort(latencies, (size_t)delivered, sizeof *latencies, compare);
    if (delivered == 0) {
        fprintf(stderr, "nothing was delivered\n");
        return 1;
    }
    printf("%ld %.3f %.0f %.3f %.3f %.3f %ld %.3f\n", delivered, seconds, (double)delivered / seconds,
           latencies[delivered / 2], latencies[(size_t)((double)(delivered - 1) * 0.99)], latencies[delivered - 1],
           failed + (records - delivered - failed), cpu);
    return failed || delivered != records;
}
