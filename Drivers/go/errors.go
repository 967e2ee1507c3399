package driver

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// Names are the client's own names for errors that it makes as values, so that nothing but the value tells them apart.
var Names = map[error]string{}

// ErrorName is Kafka's name for an error code of the Kafka protocol, the client's own name for any other error.
//
// Both Go clients have a whole number for error codes: that one is recognised by its kind.
func ErrorName(err error) string {
	last := err
	for each := err; each != nil; each = errors.Unwrap(each) {
		last = each
		if reflect.TypeOf(each).Comparable() {
			if name, known := Names[each]; known {
				return name
			}
		}
		switch value := reflect.ValueOf(each); value.Kind() {
		case reflect.Int, reflect.Int16, reflect.Int32:
			if name, known := kafkaNames[value.Int()]; known {
				return name
			}
			return fmt.Sprintf("ERROR_%d", value.Int())
		}
	}
	return strings.TrimLeft(fmt.Sprintf("%T", last), "*")
}

// Kafka protocol guide, "Error codes": those that a producer meets.
var kafkaNames = map[int64]string{
	-1: "UNKNOWN_SERVER_ERROR", 2: "CORRUPT_MESSAGE", 3: "UNKNOWN_TOPIC_OR_PARTITION", 5: "LEADER_NOT_AVAILABLE",
	6: "NOT_LEADER_OR_FOLLOWER", 7: "REQUEST_TIMED_OUT", 8: "BROKER_NOT_AVAILABLE", 9: "REPLICA_NOT_AVAILABLE",
	10: "MESSAGE_TOO_LARGE", 13: "NETWORK_EXCEPTION", 14: "COORDINATOR_LOAD_IN_PROGRESS",
	15: "COORDINATOR_NOT_AVAILABLE", 16: "NOT_COORDINATOR", 17: "INVALID_TOPIC_EXCEPTION", 18: "RECORD_LIST_TOO_LARGE",
	19: "NOT_ENOUGH_REPLICAS", 20: "NOT_ENOUGH_REPLICAS_AFTER_APPEND", 21: "INVALID_REQUIRED_ACKS",
	29: "TOPIC_AUTHORIZATION_FAILED", 31: "CLUSTER_AUTHORIZATION_FAILED", 32: "INVALID_TIMESTAMP",
	33: "UNSUPPORTED_SASL_MECHANISM", 35: "UNSUPPORTED_VERSION", 40: "INVALID_CONFIG", 42: "INVALID_REQUEST",
	43: "UNSUPPORTED_FOR_MESSAGE_FORMAT", 44: "POLICY_VIOLATION", 45: "OUT_OF_ORDER_SEQUENCE_NUMBER",
	46: "DUPLICATE_SEQUENCE_NUMBER", 47: "INVALID_PRODUCER_EPOCH", 48: "INVALID_TXN_STATE",
	49: "INVALID_PRODUCER_ID_MAPPING", 51: "CONCURRENT_TRANSACTIONS", 53: "TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
	56: "KAFKA_STORAGE_ERROR", 58: "SASL_AUTHENTICATION_FAILED", 59: "UNKNOWN_PRODUCER_ID", 74: "FENCED_LEADER_EPOCH",
	75: "UNKNOWN_LEADER_EPOCH", 76: "UNSUPPORTED_COMPRESSION_TYPE", 87: "INVALID_RECORD",
	89: "THROTTLING_QUOTA_EXCEEDED", 90: "PRODUCER_FENCED", 100: "UNKNOWN_TOPIC_ID",
}
