package driver

import (
	"reflect"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Converter makes a value of a type of the client's own from a property's text.
type Converter func(text string) (any, error)

// Apply sets properties in a client's configuration: `Net.MaxOpenRequests` is the field MaxOpenRequests of the field Net.
//
// A name that leads to no field is a Failure. converters, by the name of the type, are for types of the client's own.
// A duration is written as in Go, `250ms`; a number alone is milliseconds.
func Apply(config map[string]string, target any, converters map[string]Converter) error {
	names := make([]string, 0, len(config))
	for name := range config {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		field := reflect.ValueOf(target).Elem()
		for _, word := range strings.Split(name, ".") {
			if field.Kind() != reflect.Struct {
				return Fail("UNKNOWN_PROPERTY", "the client has no property %s", name)
			}
			field = field.FieldByName(word)
			if !field.IsValid() || !field.CanSet() {
				return Fail("UNKNOWN_PROPERTY", "the client has no property %s", name)
			}
		}
		if err := set(field, name, config[name], converters); err != nil {
			return err
		}
	}
	return nil
}

func set(field reflect.Value, name, text string, converters map[string]Converter) error {
	text = strings.TrimSpace(text)
	if convert, known := converters[field.Type().Name()]; known {
		value, err := convert(text)
		if err != nil {
			return Fail("INVALID_PROPERTY", "%s: %v", name, err)
		}
		field.Set(reflect.ValueOf(value))
		return nil
	}
	if field.Type() == reflect.TypeOf(time.Duration(0)) {
		duration, err := time.ParseDuration(text)
		if milliseconds, problem := strconv.ParseFloat(text, 64); problem == nil {
			duration, err = time.Duration(milliseconds*float64(time.Millisecond)), nil
		}
		if err != nil {
			return Fail("INVALID_PROPERTY", "%s must be a duration such as 250ms, not %q", name, text)
		}
		field.SetInt(int64(duration))
		return nil
	}
	switch field.Kind() {
	case reflect.Bool:
		value, err := strconv.ParseBool(text)
		if err != nil {
			return Fail("INVALID_PROPERTY", "%s must be true or false, not %q", name, text)
		}
		field.SetBool(value)
	case reflect.String:
		field.SetString(text)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		value, err := strconv.ParseInt(text, 10, field.Type().Bits())
		if err != nil {
			return Fail("INVALID_PROPERTY", "%s must be a whole number, not %q", name, text)
		}
		field.SetInt(value)
	default:
		return Fail("INVALID_PROPERTY", "%s is set by code, not by text", name)
	}
	return nil
}
