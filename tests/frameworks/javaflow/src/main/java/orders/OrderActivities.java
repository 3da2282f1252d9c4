package orders;

import com.amazonaws.services.simpleworkflow.flow.annotations.Activities;
import com.amazonaws.services.simpleworkflow.flow.annotations.ActivityRegistrationOptions;

/** What workers do; each method is an activity type, for example `OrderActivities.price`. */
@Activities(version = "1.0")
@ActivityRegistrationOptions(
        defaultTaskScheduleToStartTimeoutSeconds = 60,
        defaultTaskStartToCloseTimeoutSeconds = 30)
public interface OrderActivities {
    /** The price of an item. The first two attempts of each execution fail. */
    int price(String item);

    /** Packs parcels one by one, with a heartbeat and a printed line after each; answers how many. */
    @ActivityRegistrationOptions(
            defaultTaskScheduleToStartTimeoutSeconds = 60,
            defaultTaskStartToCloseTimeoutSeconds = 30,
            defaultTaskHeartbeatTimeoutSeconds = 4)
    int pack(int parcels);

    /** Takes the parcels apart again after a cancelled order. */
    void unpack(int parcels);

    /** The label of a parcel. */
    String label(int number, int grams);

    /** Adds a weight to a sum. */
    int add(int sum, int grams);
}
